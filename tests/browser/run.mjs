// Runs the suite against one demonstration county, opened once for all files.
import { spawn } from 'node:child_process';
import { county } from './county.mjs';

const where = await county();
const tests = spawn(process.execPath, ['--test', '--test-concurrency=2', ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, TONGBAN_BASE: where.base, TONGBAN_SESSIONS: where.sessions } });
const code = await new Promise((done) => { tests.once('exit', done); });
await where.stop();
process.exit(code ?? 1);
