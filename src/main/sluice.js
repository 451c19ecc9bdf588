#!/usr/bin/env node
// What `npx sluice` runs: plain JavaScript, so that an older Node.js gets to say that it is too old.
import '../shared/node-version.js';
import { setFlagsFromString } from 'node:v8';
import { keepCompiledCode } from './compile-cache.js';

// The part of the heap for new objects would grow to 128 MB under the events of thousands of tables, none of which is kept.
setFlagsFromString('--semi-space-growth-factor=1');
keepCompiledCode();
import('./cli.ts');
