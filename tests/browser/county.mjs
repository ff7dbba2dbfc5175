// The demonstration county, served by the binary, and the people in it.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import { desk, open, root } from './lib.mjs';

export const binary = process.env.TONGBAN_BIN || path.join(root, 'bin', 'tongban');
const passwords = { people: 'yunhe-renmin-1949', staff: 'yunhe-gongwu-1949' };

// county opens a demonstration county of its own and returns { base, sessions,
// stop }. With TONGBAN_BASE set it uses the server that runs there.
export async function county() {
  const sessions = process.env.TONGBAN_SESSIONS || mkdtempSync(path.join(tmpdir(), 'tongban-sessions-'));
  if (process.env.TONGBAN_BASE) return { base: process.env.TONGBAN_BASE, sessions, stop: async () => {} };
  assert.ok(existsSync(binary), `${binary} is not there: run make build`);
  const data = mkdtempSync(path.join(tmpdir(), 'tongban-browser-'));
  const server = spawn(binary, ['demo', '--data', data, '--addr', '127.0.0.1:0', '--cases', '120'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  server.stderr.on('data', (b) => { said = (said + b).slice(-4000); });
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const gone = new Promise((done) => { server.once('exit', done); });
      server.kill('SIGTERM');
      await gone;
    }
    for (const dir of [data, sessions]) rmSync(dir, { recursive: true, force: true });
  };
  const base = await new Promise((found, failed) => {
    let out = '';
    server.stdout.on('data', (b) => {
      const line = /^http:\/\/[\d.]+:\d+$/m.exec((out += b));
      if (line) found(line[0]);
    });
    server.once('error', failed);
    server.once('exit', (code) => failed(new Error(`tongban demo ended with ${code}:\n${said}`)));
  });
  return { base, sessions, stop };
}

// signIn goes through the doors as a person does: password, and for officials
// the code of the moment, which a demonstration tells.
export async function signIn(page, base, login) {
  const staff = login.includes('.');
  await page.goto(`${base}/sign-in`);
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', staff ? passwords.staff : passwords.people);
  await page.click('main button.primary');
  if (!staff) return;
  await page.waitForURL('**/sign-in/code');
  const told = /\d{6}/.exec(await page.locator('main').innerText());
  assert.ok(told, 'the demonstration tells the code of the moment');
  await page.fill('[name=code]', told[0]);
  await page.click('main button.primary');
  await page.waitForURL((u) => !u.pathname.startsWith('/sign-in'));
}

// enter opens a page as somebody. A session is kept in a file and used again: a
// code counts once, and nobody should have to wait for the next.
export async function enter(browser, where, login, options = { viewport: desk }) {
  if (!login) return open(browser, where.base, options);
  const kept = path.join(where.sessions, `${login}.json`);
  if (!existsSync(kept)) {
    const page = await open(browser, where.base, { viewport: desk });
    await signIn(page, where.base, login);
    writeFileSync(kept, JSON.stringify((await page.context().storageState()).cookies));
    await page.context().close();
  }
  const page = await open(browser, where.base, options);
  await page.context().addCookies(JSON.parse(readFileSync(kept, 'utf8')));
  return page;
}

// visit opens a page as somebody, for one act, and sees that nothing went wrong on it.
export async function visit(browser, where, login, options, act) {
  const page = await enter(browser, where, login, options);
  try {
    await act(page);
    assert.deepEqual(page.wrong, []);
  } finally {
    await page.context().close();
  }
}

// press presses a button or follows a link by its words and waits for the next page.
export async function press(page, words, { in: scope = 'main' } = {}) {
  const exact = typeof words === 'string' ? new RegExp(`^\\s*${words}`) : words;
  const at = page.locator(scope);
  const button = at.getByRole('button', { name: exact }).or(at.getByRole('link', { name: exact })).first();
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().isNavigationRequest() && r.status() < 300 || r.status() >= 400), button.click()]);
  await page.waitForLoadState('load');
  return answer;
}

// text is what a reader sees of the page, once it is whole.
export async function text(page, at = 'main') {
  await page.waitForLoadState();
  return page.locator(at).innerText();
}

// says asserts that the page says something, and gives the match.
export async function says(page, what, at = 'main') {
  const seen = await text(page, at);
  const found = typeof what === 'string' ? seen.includes(what) && [what] : what.exec(seen);
  assert.ok(found, `${page.url()} does not say ${what}:\n${seen.slice(0, 1500)}`);
  return found;
}

// choose picks an answer, whether it is asked with radios or with a list.
export async function choose(page, name, value) {
  const list = page.locator(`main select[name=${name}]`);
  if (await list.count()) await list.selectOption(value);
  else await page.check(`main [name=${name}][value=${value}]`);
}

// A picture of one point.
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==', 'base64');
export const image = (name) => ({ name, mimeType: 'image/png', buffer: picture });
