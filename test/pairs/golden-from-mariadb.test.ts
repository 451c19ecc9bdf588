import { describeGolden } from './golden/describe-golden.ts';

describeGolden('mariadb');
