// The county served by the built binary, and a witness in a process of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const binary = process.env.TONGBAN_BIN ?? join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'bin', 'tongban');
const password = { people: 'yunhe-renmin-1949', staff: 'yunhe-gongwu-1949' };
const secret = 'YUNHEDEMONSTRATIONCOUNTY2TONGBAN';

// folder is a place that is taken away at the end.
export function folder(t) {
  const dir = mkdtempSync(join(tmpdir(), 'tongban-verify-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

// run starts the binary and waits for lines lines of its output.
export async function run(lines, ...args) {
  assert.ok(existsSync(binary), `${binary} is not there: run make build`);
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const p = { told: '', said: '' };
  child.stderr.on('data', (b) => (p.said += b));
  const gone = new Promise((done) => child.on('exit', done));
  p.stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await gone;
  };
  p.lines = await new Promise((found, failed) => {
    child.stdout.on('data', (b) => {
      p.told += b;
      if (p.told.split('\n').length > lines) found(p.told.split('\n'));
    });
    child.on('error', failed);
    gone.then((code) => failed(new Error(`tongban ${args[0]} ended with ${code}: ${p.said.slice(-800)}`)));
  });
  return p;
}

async function asked(url, options) {
  const answer = await fetch(url, options);
  const body = await answer.json();
  assert.ok(answer.ok, `${url}: ${answer.status} ${JSON.stringify(body)}`);
  return body;
}

// totp is the one-time code of RFC 6238 at a moment.
function totp(at) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000)));
  const sum = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(step).digest();
  return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// signIn returns the header of somebody's session. Each sign-in is an act.
export async function signIn(base, login) {
  const post = (path, body, header) => asked(`${base}/api/v1${path}`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', ...header }, body: JSON.stringify(body) });
  let s = await post('/sessions', { login, password: login.includes('.') ? password.staff : password.people });
  if (s.next === 'second') {
    const now = await asked(`${base}/api/v1/calendar/today`);
    s = await post('/sessions/second', { code: totp(new Date(now.at)) }, { Authorization: `Bearer ${s.token}` });
  }
  return { Authorization: `Bearer ${s.token}` };
}

// receiptOf downloads the receipt of somebody's first case.
export async function receiptOf(base, header) {
  const mine = await asked(`${base}/api/v1/cases`, { headers: header });
  const answer = await fetch(`${base}/api/v1/cases/${mine.items[0].id}/proof`, { headers: header });
  assert.equal(answer.status, 200);
  return Buffer.from(await answer.arrayBuffer());
}

// until asks again until what comes back is good.
export async function until(what, ask) {
  for (const end = Date.now() + 20_000; ;) {
    const got = await ask();
    if (got) return got;
    assert.ok(Date.now() < end, `never came: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
