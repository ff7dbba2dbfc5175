// The checklist over every page: what a machine can see of accessibility, sizes,
// zoom, words and weight, for each size of letters and width of window.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { county, enter } from './county.mjs';
import { axe, desk, launch, letters, narrow, noSideways, open, ordered, phone, quiet, shot, spacing, targets } from './lib.mjs';
import { survey } from './survey.mjs';

const banned = /非法(?!定)|无效|异常|失败|禁止|未知错误|参数|系统繁忙|请联系管理员|其他材料|⟦|undefined|<no value>/;
const names = /云小满|云大山|禾春生|[\u4e00-\u9fa5]\*/;

let where, browser, pages;
before(async () => {
  where = await county();
  browser = await launch();
  pages = await survey(browser, where);
});
after(async () => {
  await browser?.close();
  await where?.stop();
});

// sweep opens all pages of a shell, those of one person in one context, and
// collects what is wrong rather than stopping at the first.
async function sweep(shell, size, checks) {
  const wrong = [];
  const mine = pages.filter((p) => p.shell === shell);
  for (const login of new Set(mine.map((p) => p.login))) {
    const page = await enter(browser, where, login, { viewport: phone, size });
    for (const { path } of mine.filter((p) => p.login === login)) {
      await page.setViewportSize(phone);
      page.wire.length = 0;
      await page.goto(where.base + path);
      for (const check of checks) {
        try {
          await check(page, path);
        } catch (e) {
          wrong.push(`${login} ${path}: ${e.message.replace(/\s+/g, ' ').slice(0, 600)}`);
          await shot(page, `wrong-${size}-${path.replace(/\W+/g, '-')}`);
        }
      }
      wrong.push(...page.wrong.splice(0).map((w) => `${login} ${path}: ${w}`));
    }
    await page.context().close();
  }
  assert.deepEqual(wrong, []);
}

const wide = (check) => async (page, path) => { await page.setViewportSize(desk); await check(page, path); };
const thin = (check) => async (page, path) => { await page.setViewportSize(narrow); await check(page, path); };

// worded asserts that every sentence is there, none uses a banned word, and no
// title or address names a person.
async function worded(page, path) {
  const said = await page.locator(/^\/laws\/./.test(path) ? 'footer' : 'body').first().innerText(); // a law's words are its own
  assert.doesNotMatch(said, banned, `${said.match(new RegExp(`.{0,20}(${banned.source}).{0,20}`))?.[0]}`);
  assert.doesNotMatch(await page.title(), names, 'the title names nobody');
  assert.doesNotMatch(decodeURIComponent(page.url()), names, 'the address names nobody');
  assert.match(said, /12345/, 'whom to ask');
}

// light asserts what the page itself weighs on the wire.
const light = (most) => async (page) => {
  const bytes = page.wire.filter((w) => w.type === 'document').at(-1)?.bytes ?? 0;
  assert.ok(bytes <= most * 1024, `${(bytes / 1024).toFixed(1)} KB of HTML, at most ${most}`);
};

// landed asserts the landmarks that readers of the screen move by.
async function landed(page) {
  for (const [what, n] of [['header', 1], ['main#main', 1], ['footer', 1]]) assert.equal(await page.locator(`body > ${what}, body > div ${what}`).count() >= n, true, what);
  assert.equal(await page.locator('main').count(), 1);
}

describe('public pages', () => {
  test('standard: order, landmarks, words, weight, axe, widths, sizes, spacing', () => sweep('public', 'standard', [
    ordered, landed, worded, light(20), noSideways, (p) => targets(p, 48), (p) => letters(p, 17), axe, spacing, thin(noSideways), wide(noSideways),
  ]));
  for (const [size, px] of [['elder', 24], ['large', 30]]) {
    test(`${size}: widths, sizes, spacing`, () => sweep('public', size, [noSideways, (p) => targets(p, 60), (p) => letters(p, px), spacing, thin(noSideways), wide(noSideways)]));
  }
});

describe('staff pages', () => {
  test('standard: order, landmarks, words, weight, axe, widths, sizes, spacing', () => sweep('staff', 'standard', [
    ordered, landed, worded, light(60), noSideways, thin(noSideways), wide(noSideways), (p) => targets(p, 24), (p) => letters(p, 14), axe, spacing,
  ]));
  test('elder: widths, sizes', () => sweep('staff', 'elder', [noSideways, (p) => letters(p, 17), wide(noSideways), (p) => targets(p, 24)]));
});

test('English pages speak English', async () => {
  const page = await open(browser, where.base, { viewport: phone, lang: 'en' });
  const wrong = [];
  for (const { path } of pages.filter((p) => p.login === '' && p.path !== '/nowhere')) {
    await page.goto(where.base + path);
    const got = await page.evaluate(() => ({ lang: document.documentElement.lang, h1: document.querySelector('h1')?.textContent ?? '', all: document.body.innerText }));
    if (got.lang !== 'en') wrong.push(`${path}: lang ${got.lang}`);
    if (got.all.includes('⟦')) wrong.push(`${path}: ${/⟦[^⟧]*⟧/.exec(got.all)?.[0]}`);
    if (/[\u4e00-\u9fa5]/.test(got.h1) && !/items|search|lists\/power|laws\/|notices|agencies\//.test(path)) wrong.push(`${path}: ${got.h1}`);
  }
  assert.deepEqual(wrong, []);
  quiet(page);
  await page.context().close();
});

test('weight, requests and cookies of a first view', async () => {
  const wrong = [];
  const first = pages.filter((p) => p.shell === 'public' && /^\/($|search$|items|progress|check$|grants|draft|my\/\d+$|licences\/)/.test(p.path));
  for (const { login, path } of first) {
    const page = await enter(browser, where, login, { viewport: phone });
    await page.goto(where.base + path, { waitUntil: 'networkidle' });
    const kb = { total: 0 };
    for (const { type, bytes } of page.wire) { kb[type] = (kb[type] ?? 0) + bytes / 1024; kb.total += bytes / 1024; }
    const most = { document: 20, stylesheet: 20, script: 10, image: 40, total: /form|file/.test(path) ? 40 : 90 };
    for (const [type, limit] of Object.entries(most)) if ((kb[type] ?? 0) > limit) wrong.push(`${path}: ${type} ${kb[type].toFixed(1)} KB, at most ${limit}`);
    if (page.wire.length > 8) wrong.push(`${path}: ${page.wire.length} requests`);
    if (!login && (await page.context().cookies()).length) wrong.push(`${path}: a cookie before it is needed`);
    await page.context().close();
  }
  assert.deepEqual(wrong, []);
});
