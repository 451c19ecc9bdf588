#!/usr/bin/env node
// What `npx sluice` runs: plain JavaScript, so that an older Node.js gets to say that it is too old.
import '../shared/node-version.js';
import { keepCompiledCode } from './compile-cache.js';

keepCompiledCode();
import('./cli.ts');
