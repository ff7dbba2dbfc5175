// Makes a typed client of /openapi.json and plays the story with it against the
// built binary. Run `npm ci` here once and `make build`, then `npm test`.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.env.TONGBAN_BIN ?? join(here, '..', '..', 'bin', 'tongban');
const made = join(here, 'node_modules', '.story'); // beside the packages that it imports
const data = mkdtempSync(join(tmpdir(), 'tongban-api-'));

let server;
let base;

before(async () => {
  server = spawn(binary, ['demo', '--addr', '127.0.0.1:0', '--data', data, '--cases', '40'], { stdio: ['ignore', 'pipe', 'pipe'] });
  base = await new Promise((found, failed) => {
    let said = '';
    server.stderr.on('data', (b) => (said += b));
    server.stdout.on('data', (b) => {
      const address = /^http:\/\/[\d.:]+$/m.exec((said += b));
      if (address) found(address[0]);
    });
    server.on('exit', (code) => failed(new Error(`tongban demo ended with ${code}: ${said.slice(-500)}`)));
    server.on('error', failed);
  });
});

after(async () => {
  if (server?.exitCode === null) {
    const gone = new Promise((done) => server.on('exit', done));
    server.kill('SIGTERM');
    await gone;
  }
  rmSync(data, { recursive: true, force: true });
});

// The client: types made of the description, and the story compiled against them.
async function client() {
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  const description = await (await fetch(`${base}/openapi.json`)).json();
  writeFileSync(join(made, 'schema.ts'), astToString(await openapiTS(description)));
  writeFileSync(join(made, 'package.json'), '{"type":"module"}');
  cpSync(join(here, 'story.ts'), join(made, 'story.ts'));
  execFileSync(process.execPath, [join(here, 'node_modules', 'typescript', 'bin', 'tsc'), '--strict', '--target', 'es2022', '--module', 'nodenext',
    '--moduleResolution', 'nodenext', '--skipLibCheck', '--types', 'node', '--typeRoots', join(here, 'node_modules', '@types'), join(made, 'story.ts')], { stdio: 'inherit' });
  return import(pathToFileURL(join(made, 'story.js')));
}

test('the story, through a client made of the description', async (t) => {
  const { Story } = await client();
  const story = new Story(base);
  await t.test('she finds the service and its guide', () => story.finds());
  await t.test('she applies', () => story.applies());
  await t.test('the window asks for everything missing, once', () => story.isNotified());
  await t.test('three bodies handle it', () => story.isHandled());
  await t.test('it is decided and handed over', () => story.isDecided());
  await t.test('anybody checks the licence', () => story.holdsTheLicence());
  let told;
  await t.test('she sees everything', async () => { told = await story.sees(); });
  await t.test('her proof holds offline', () => {
    const file = join(data, 'proof.json');
    writeFileSync(file, told.proof);
    execFileSync(binary, ['verify', '--key', told.keys[0], '--key', told.keys[1], file], { stdio: 'pipe' });
    writeFileSync(file, told.proof.replace('case.accepted', 'case.acceptex'));
    assert.throws(() => execFileSync(binary, ['verify', '--key', told.keys[0], file], { stdio: 'pipe' }), 'a changed proof does not hold');
  });
  await t.test('those who have no business with it are told so', () => story.isRefusedWell());
});
