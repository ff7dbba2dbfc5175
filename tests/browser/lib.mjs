// What every browser test needs: a server, a browser, a clean context, and the
// checks of the checklist that a machine can make.
import { spawn } from 'node:child_process';
import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export const phone = { width: 360, height: 640 };
export const narrow = { width: 320, height: 640 };
export const desk = { width: 1280, height: 800 };

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// launch starts the system's Chromium; TB_CHROMIUM names another one.
export function launch() {
  return chromium.launch({ executablePath: process.env.TB_CHROMIUM || '/usr/bin/chromium', args: flags });
}

// serve runs a command that prints its address on the first line and ends when
// its input is closed. It returns { url, stop }.
export function serve(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'], ...options });
  return new Promise((resolve, reject) => {
    let out = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code} before it served`)));
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const line = out.match(/https?:\/\/\S+/);
      if (line) resolve({ url: line[0], stop: () => new Promise((done) => { child.once('exit', done); child.stdin.end(); }) });
    });
  });
}

// serveGuide serves the style guide.
export const serveGuide = () => serve('go', ['run', './tests/browser/guide']);

// open gives a page in a context of its own, with the reader's choices set, and
// a watch on everything that should not happen: console errors, policy
// violations, requests to other sites, 5xx answers.
export async function open(browser, base, { viewport = phone, size = 'standard', lang, script = true, extra = {} } = {}) {
  const context = await browser.newContext({ viewport, javaScriptEnabled: script, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...extra });
  const cookies = [];
  if (size !== 'standard') cookies.push({ name: 'tb_size', value: size, url: base });
  if (lang) cookies.push({ name: 'tb_lang', value: lang, url: base });
  if (cookies.length) await context.addCookies(cookies);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.wrong = [];
  page.wire = [];
  const home = new URL(base).host;
  page.on('console', (m) => {
    // A refused form answers 422 on purpose; the browser calls that an error.
    if (m.type() === 'error' && !/status of 4(04|09|22)/.test(m.text())) page.wrong.push(`console: ${m.text()}`);
  });
  page.on('pageerror', (e) => page.wrong.push(`script: ${e.message}`));
  page.on('request', (r) => {
    const u = new URL(r.url());
    if (u.protocol.startsWith('http') && u.host !== home) page.wrong.push(`other site: ${r.url()}`);
    if (r.resourceType() === 'font') page.wrong.push(`font: ${r.url()}`);
  });
  page.on('response', (r) => { if (r.status() >= 500) page.wrong.push(`${r.status()} ${r.url()}`); });
  // What is read is read of a whole page, whatever led to it.
  const read = page.evaluate.bind(page);
  page.evaluate = async (...what) => { await page.waitForLoadState(); return read(...what); };
  page.on('requestfinished', async (r) => {
    const s = await r.sizes().catch(() => null);
    if (s) page.wire.push({ url: r.url(), type: r.resourceType(), bytes: s.responseBodySize });
  });
  return page;
}

// quiet asserts that nothing went wrong on the page so far.
export function quiet(page) {
  assert.deepEqual(page.wrong, []);
}

// turned does what leads to another page and waits until that page is whole. A
// press alone gives back as soon as the next page begins, with nothing on it yet.
export async function turned(page, act) {
  await Promise.all([page.waitForEvent('load'), act()]);
}

const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// axe asserts that axe-core finds nothing. It is run through the debugger, so
// that the page's own policy stays as strict as it is.
export async function axe(page, { tags = axeTags } = {}) {
  await page.evaluate(axeSource);
  const found = await page.evaluate((t) => window.axe.run(document, { runOnly: t, resultTypes: ['violations'] }), tags);
  const list = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} (${n.failureSummary.split('\n')[1] || ''})`).slice(0, 4).join(' | ')}`);
  assert.deepEqual(list, [], page.url());
}

// noSideways asserts that the page is never wider than the window.
export async function noSideways(page) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= limit) return [];
    return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > limit + 1 && !e.closest('.table-box[tabindex]'))
      .slice(0, 5).map((e) => `${e.tagName}.${e.className?.baseVal ?? e.className}: ${e.textContent.trim().slice(0, 20)}`);
  });
  assert.deepEqual(wide, [], `${page.url()} is wider than the window`);
}

// targets asserts that everything to press is at least `least` pixels in both
// directions. Links inside a sentence are exempt (WCAG 2.5.8), as are the
// boxes of radios and ticks, whose label is the target.
export async function targets(page, least) {
  const small = await page.evaluate((min) => {
    const seen = (e) => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1 && getComputedStyle(e).visibility !== 'hidden'; };
    const inSentence = (a) => {
      if (a.tagName !== 'A' || getComputedStyle(a).display !== 'inline') return false;
      const block = a.closest('p, li, dd, td, th, figcaption');
      return !!block && block.textContent.trim().length > a.textContent.trim().length;
    };
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
      .filter((e) => seen(e) && !inSentence(e) && !e.matches('.skip-link:not(:focus)'))
      .map((e) => {
        let r = e.getBoundingClientRect();
        if (e.matches('[type=radio], [type=checkbox]')) {
          const label = e.labels[0]?.getBoundingClientRect();
          if (label) r = { width: Math.max(r.width, label.width), height: Math.max(r.height, label.height) };
        }
        return { e, w: r.width, h: r.height };
      })
      .filter(({ w, h }) => w < min - 0.6 || h < min - 0.6)
      .slice(0, 8)
      .map(({ e, w, h }) => `${e.tagName}.${e.className} “${(e.textContent || e.name || '').trim().slice(0, 16)}” ${Math.round(w)}×${Math.round(h)}`);
  }, least);
  assert.deepEqual(small, [], `${page.url()}: targets under ${least}px`);
}

// letters asserts the size of running text and that nothing is smaller than `floor`.
export async function letters(page, body, floor = 13) {
  const found = await page.evaluate((min) => {
    const tiny = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const e = walk.currentNode.parentElement;
      if (e.closest('svg')) continue; // a drawing; the same words stand beside it
      if (!walk.currentNode.textContent.trim() || !e.getClientRects().length) continue;
      const px = parseFloat(getComputedStyle(e).fontSize);
      if (px < min) tiny.push(`${e.tagName}.${e.className} ${px}px`);
    }
    return { body: parseFloat(getComputedStyle(document.body).fontSize), tiny: tiny.slice(0, 5) };
  }, floor);
  assert.ok(found.body >= body, `${page.url()}: running text is ${found.body}px, should be ${body}px`);
  assert.deepEqual(found.tiny, [], page.url());
}

// spacing puts WCAG 1.4.12's spacing on the page and asserts that no text is cut.
export async function spacing(page) {
  const cut = await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}');
    document.adoptedStyleSheets = [sheet];
    const list = [...document.querySelectorAll('main *, header *, footer *')].filter((e) => {
      if (e.closest('.visually-hidden, svg, thead, select')) return false;
      const s = getComputedStyle(e);
      const hides = s.overflowX !== 'visible' || s.overflowY !== 'visible';
      return hides && !/auto|scroll/.test(s.overflowX + s.overflowY) && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
        && !e.matches('input, textarea, .skip-link');
    }).map((e) => `${e.tagName}.${e.className}`);
    return list.slice(0, 5);
  });
  assert.deepEqual(cut, [], `${page.url()}: text is cut with wide spacing`);
  await noSideways(page);
  await page.evaluate(() => { document.adoptedStyleSheets = []; });
}

// focusSeen walks the page with the Tab key and asserts that every stop shows
// it and lies inside the window. It returns the stops in order.
export async function focusSeen(page, { most = 80 } = {}) {
  const stops = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      const s = getComputedStyle(e), r = e.getBoundingClientRect();
      const again = e.hasAttribute('data-tb-seen');
      e.setAttribute('data-tb-seen', '');
      const top = document.elementFromPoint(Math.min(Math.max(r.left + r.width / 2, 1), innerWidth - 1), Math.min(Math.max(r.top + Math.min(r.height, 24) / 2, 1), innerHeight - 1));
      return {
        name: `${e.tagName} ${(e.textContent || e.name || '').trim().slice(0, 20)}`, again,
        shown: (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none',
        inside: r.bottom > 0 && r.top < innerHeight, covered: !(top && (e.contains(top) || top.contains(e) || (e.labels && [...e.labels].some((l) => l.contains(top))))),
      };
    });
    if (!stop || stop.again) break;
    assert.ok(stop.shown, `${page.url()}: no visible focus on ${stop.name}`);
    assert.ok(stop.inside, `${page.url()}: focus leaves the window at ${stop.name}`);
    assert.ok(!stop.covered, `${page.url()}: focus is covered at ${stop.name}`);
    stops.push(stop.name);
  }
  assert.ok(stops.length > 2, `${page.url()}: only ${stops.length} stops`);
  return stops;
}

// ordered asserts one h1, no level skipped, a language, and a skip link first.
export async function ordered(page) {
  const got = await page.evaluate(() => {
    const levels = [...document.querySelectorAll('h1,h2,h3,h4')].filter((e) => e.getClientRects().length).map((e) => +e.tagName[1]);
    return { h1: levels.filter((l) => l === 1).length, lang: document.documentElement.lang, title: document.title,
      ids: [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, i, a) => a.indexOf(id) !== i) };
  });
  assert.equal(got.h1, 1, `${page.url()}: ${got.h1} h1`);
  assert.deepEqual(got.ids, [], `${page.url()}: ids twice`);
  assert.match(got.lang, /^(zh-CN|en)$/);
  assert.ok(got.title, 'a title');
}

// shot writes a screenshot of the whole page to $TB_SHOTS, if that is set.
export async function shot(page, name, { full = true } = {}) {
  const dir = process.env.TB_SHOTS;
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  await page.screenshot({ path: path.join(dir, `${name}.png`), fullPage: full });
}

// weight sums what has come over the wire since the page was opened, by type.
export function weight(page) {
  const sum = { total: 0, requests: page.wire.length };
  for (const { type, bytes } of page.wire) { sum[type] = (sum[type] || 0) + bytes; sum.total += bytes; }
  return sum;
}
