import { describeHardNames } from './describe-hard-names.ts';

describeHardNames('mysql');
