// The story of a baker, her uncle and an agency, played in a browser from the
// first search to the proof.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { binary, county, enter, image, press, says, text } from './county.mjs';
import { axe, launch, noSideways, shot, turned } from './lib.mjs';

const phone = { width: 360, height: 740 };
const workshop = /食品作坊经营许可（示范）/;

let where, browser;
const people = new Map();

// as is the page of somebody; it stays open through the story.
async function as(login, options) {
  if (!people.has(login)) people.set(login, await enter(browser, where, login, options));
  return people.get(login);
}

before(async () => {
  where = await county();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await where?.stop();
});

// step is one step of the story; those after one that went wrong are left out.
let broken = '';
function step(name, act) {
  test(name, async (t) => {
    if (broken) { t.skip(`after “${broken}”`); return; }
    broken = name;
    await act();
    for (const [who, page] of people) assert.deepEqual(page.wrong, [], who);
    broken = '';
  });
}

const told = {};

describe('a baker applies on her phone', () => {
  let page;
  step('she looks for 食品 and finds the item', async () => {
    page = await as('baker', { viewport: phone });
    await page.goto(`${where.base}/`);
    await shot(page, 'story-01-home');
    await page.fill('main input[name=q]', '食品');
    await press(page, '搜索');
    await shot(page, 'story-02-search');
    await page.getByRole('heading', { name: workshop }).getByRole('link').click();
    await page.waitForURL('**/items/*');
    told.item = new URL(page.url()).pathname;
  });

  step('the guide says who decides, what is needed, how long, how much, by which law', async () => {
    for (const fact of [/45个?\s*个?工作日/, /20个?\s*个?工作日/, /不收费/, /平面图/, /25米/, /综合窗口/, /0999-5550301/, /12345/, /许可证/]) await says(page, fact);
    await page.getByText(/办理流程图|流程图/).first().click();
    const picture = page.locator('main .fold-body img');
    await picture.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => { const i = document.querySelector('main .fold-body img'); return i.complete && i.naturalWidth > 100; });
    await says(page, /消防现场核查/);
    for (const fold of await page.$$('main details:not([open]) > summary')) await fold.click();
    await says(page, /虚构/);
    await noSideways(page);
    await shot(page, 'story-03-guide');
  });

  step('half of the form is filled in already, with its source', async () => {
    await press(page, '开始办');
    await says(page, workshop);
    await shot(page, 'story-04-start');
    if (!await page.locator('[name=subject]:checked').count()) await page.locator('[name=subject]').first().check();
    await page.click('main form button.primary');
    await page.waitForURL('**/draft/*');
    told.draft = new URL(page.url()).pathname;
    await says(page, '云小满');
    await says(page, /公安局/);
    assert.doesNotMatch(await page.content(), /990124198805215925/, 'her number is masked');
    await shot(page, 'story-05-draft');
  });

  step('a page for each group; what is left out is said once, at the top and at the field', async () => {
    await press(page, '继续');
    await says(page, /第 1 步，共 \d 步/);
    await says(page, '这一页有 1 项系统已经填好');
    await page.fill('[name=area]', '四十');
    await press(page, '继续');
    assert.match(await page.title(), /^有错误：/);
    assert.equal(await page.inputValue('[name=area]'), '四十', 'what she typed is still there');
    await shot(page, 'story-06-error');
    await axe(page);
    const summary = (await page.locator('#errors a').allInnerTexts()).map((s) => s.trim());
    const fields = (await page.locator('.field-error').allInnerTexts()).map((s) => s.replace(/^\s*要改：?\s*/, '').trim());
    assert.deepEqual(summary, fields);
    assert.equal(summary.length, 2, summary.join());
    await page.fill('[name=area]', '40');
    await page.check('[name=tenure][value=owned]');
    await press(page, '继续');
    await page.fill('[name=workshop_name]', '云禾县小满糕点坊');
    await page.check('[name=category][value=pastry]');
    await page.fill('[name=workers]', '2');
    await shot(page, 'story-07-question');
    await press(page, '继续');
    await page.check('[name=water][value=tap]');
    await page.check('[name=gas][value=no]');
    await press(page, '继续');
  });

  step('two files: one whose content is not its name is refused with what to do', async () => {
    await page.setInputFiles('[type=file]', { name: 'plan.png', mimeType: 'image/png', buffer: Buffer.from('#!/bin/sh') });
    await page.click('main form button.primary');
    await page.waitForSelector('#errors');
    await shot(page, 'story-08-file-refused');
    for (const name of ['plan', 'photo']) {
      await page.waitForURL(`**/file/${name}*`);
      await page.setInputFiles('[type=file]', image(`${name}.png`));
      await Promise.all([page.waitForURL('**?sent=1'), page.click('main form button.primary')]);
      await says(page, `${name}.png`);
      if (name === 'photo') await shot(page, 'story-09-file');
      await press(page, '继续');
    }
  });

  step('the result shall come by courier', async () => {
    await says(page, /送|寄|领/);
    await page.check('[name=delivery][value=courier]');
    await page.fill('[name=address]', '云禾县云溪镇白鹭街69号');
    await shot(page, 'story-10-delivery');
    await press(page, '继续');
  });

  step('she checks her answers and submits: pressed twice, in two tabs, gone back to, it is one case', async () => {
    await says(page, '云禾县小满糕点坊');
    await says(page, /40/);
    await press(page, '提交申请');
    assert.match(await page.title(), /^有错误：/);
    await page.check('[name=true]');
    await shot(page, 'story-11-check');
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await tab.check('[name=true]');
    const form = page.locator('main form').last();
    await Promise.all([page.waitForURL('**/my/*'), form.locator('button.primary').dblclick({ noWaitAfter: true })]);
    told.case = new URL(page.url()).pathname;
    told.id = told.case.split('/').pop();
    await Promise.all([tab.waitForURL(`**${told.case}*`), tab.locator('main form button.primary').last().click()]);
    await tab.goBack();
    await tab.reload();
    assert.doesNotMatch(tab.url(), /check$/, 'the form of a submitted draft is not offered again');
    await tab.close();
    await page.reload();
    await page.goto(`${where.base}/my`);
    assert.equal((await page.locator(`main a[href^="${told.case}"]`).count()), 1);
  });

  step('she has a number, a query code, a date, and a receipt', async () => {
    await page.goto(where.base + told.case);
    told.number = (await says(page, /990124-\d{6}-\d{6,}/))[0];
    told.code = (await page.locator('.receipt-numbers').innerText()).match(/查询码\s*([A-Z0-9 ]{10,14})/)?.[1].replace(/\s/g, '');
    assert.match(told.code ?? '', /^[A-Z0-9]{10}$/, await page.locator('.receipt-numbers').innerText());
    await says(page, /最迟.*3月16日/);
    await says(page, /还不是“受理”/);
    await shot(page, 'story-12-receipt');
    await axe(page);
    const pdf = await page.request.get(where.base + await page.getByRole('link', { name: /回执.*PDF|PDF/ }).first().getAttribute('href'));
    assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
    const day = await page.request.get(`${where.base}${told.case}/calendar.ics`);
    assert.match(await day.text(), /DTSTART;VALUE=DATE:20260316/);
  });
});

// office is the address of the case of the story, or of one of its pages.
const office = (page) => `/office/case/${told.id}${page ? `/${page}` : ''}`;

// todo opens the case as somebody finds it: in the list of what they have to do.
async function todo(login, list = '/office') {
  const page = await as(login);
  await page.goto(`${where.base}${list}`);
  const row = page.locator(`main a[href^="${office()}"]`).first();
  assert.ok(await row.count(), `${login} has the case in ${list}:\n${await text(page)}`);
  await Promise.all([page.waitForURL(`**${office()}*`), row.click()]);
  return page;
}

describe('the window asks once and accepts', () => {
  step('the clerk sees the queue and opens the case', async () => {
    const page = await as('spj.window1');
    await page.goto(`${where.base}/counter`);
    await shot(page, 'story-20-queue');
    await todo('spj.window1', '/counter');
    await shot(page, 'story-21-case');
  });

  step('one notice of everything missing', async () => {
    const page = await as('spj.window1');
    await press(page, '一次性告知');
    await page.check('[name=missing][value="material:plan"]');
    await page.fill('[name="what:material:plan"]', '平面图没有标尺寸');
    await page.fill('[name="how:material:plan"]', '在图上写明每边的长度');
    await press(page, '看看要读的话');
    await says(page, /读给群众听/);
    await shot(page, 'story-22-notify');
    await press(page, '发出告知书');
    await says(page, /等申请人补|补正/);
    assert.equal(await page.getByRole('link', { name: '一次性告知', exact: true }).count(), 0, 'there is only one notice');
    await page.goto(`${where.base}/counter/case/${told.id}/notify`);
    await page.check('[name=missing][value="material:photo"]');
    assert.equal((await press(page, '发出告知书')).status(), 403);
    await says(page, /三十二条/);
    page.wrong.length = 0;
  });

  step('she is told what is missing, by when, and gives that, nothing else', async () => {
    const page = await as('baker');
    await page.goto(`${where.base}/my`);
    await says(page, /要你/);
    await page.goto(where.base + told.case);
    await says(page, /4月8日.*前补上/);
    await shot(page, 'story-23-to-correct');
    await press(page, '去补');
    await says(page, '平面图没有标尺寸');
    await says(page, '在图上写明每边的长度');
    await shot(page, 'story-24-correct');
    assert.equal(await page.locator('main [href*="/correct/photo"]').count(), 0, 'what was not named is not asked for');
    await turned(page, () => page.click('main [href*="/correct/plan"]'));
    await page.setInputFiles('[type=file]', image('plan-with-lengths.png'));
    await Promise.all([page.waitForURL('**/correct'), page.click('main form button.primary')]);
    await shot(page, 'story-24-corrected');
    await press(page, /交|补齐|提交/);
    await says(page, /3月16日/);
    await shot(page, 'story-25-corrected');
  });

  step('he checks the originals and accepts; she has the sealed paper, and the clock runs', async () => {
    const page = await todo('spj.window1', '/counter');
    await turned(page, () => page.click(`main a[href$="${office('materials')}"]`));
    await shot(page, 'story-26-materials');
    await turned(page, () => page.click('main a[href*="m=plan"]'));
    await shot(page, 'story-27-material');
    await press(page, '和原件一致');
    await page.goto(where.base + office());
    await press(page, '受理');
    for (const box of await page.locator('[name=checked]').all()) await box.check();
    await shot(page, 'story-28-accept');
    await press(page, '受理，写受理通知书');
    await says(page, /法定.*45|法定期限/);
    const hers = await as('baker');
    await hers.goto(where.base + told.case);
    await says(hers, /受理通知书/);
    await says(hers, /工作日/);
    await shot(hers, 'story-29-accepted');
    await turned(hers, () => hers.getByRole('link', { name: /受理通知书/ }).first().click());
    await says(hers, /云禾县行政审批局的电子印章/);
    await says(hers, /2026年3月9日/);
    await shot(hers, 'story-30-acceptance-paper');
  });
});

// act opens the page of an act on the case, found from the list of what is to do.
async function act(login, words) {
  const page = await todo(login);
  const open = page.getByRole('link', { name: words, exact: true });
  if (!await open.first().isVisible()) await page.locator('main details > summary').first().click();
  await turned(page, () => open.first().click());
  return page;
}

describe('three bodies handle it in parallel', () => {
  step('the market office passes it; pressed in two tabs at the same moment, it counts once', async () => {
    const page = await act('scjg.reviewer1', '写意见');
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    for (const p of [page, tab]) {
      await p.check('[name=passed][value=yes]');
      await p.fill('[name=opinion]', '加工区、存放区、销售区分开，符合条件。');
    }
    await shot(page, 'story-40-review');
    const send = (p) => Promise.all([p.waitForResponse((r) => r.request().method() === 'POST'), p.click('main form button.primary')]).then(([r]) => r.status());
    const both = await Promise.all([send(page), send(tab)]);
    assert.deepEqual(both.sort(), [303, 409]);
    await tab.waitForLoadState('load');
    await page.waitForLoadState('load');
    const late = [tab, page][await tab.getByText('有人先动了').count() ? 0 : 1];
    await says(late, '你刚才交的没有生效');
    await shot(late, 'story-41-somebody-was-first');
    await tab.close();
    page.wrong.length = 0;
  });

  step('the laboratory asks another office, is answered, then stops the clock for its test', async () => {
    let page = await act('sthj.reviewer1', '征求意见');
    await page.selectOption('[name=to]', 'zjj');
    await page.fill('[name=question]', '青石巷12号接的是不是县里的自来水管网？');
    await shot(page, 'story-42-ask');
    await press(page, '发出');
    await says(page, /征求/);
    page = await as('zjj.reviewer1');
    await page.goto(where.base + office());
    await press(page, '答复征求的意见');
    await says(page, '青石巷12号');
    await page.fill('[name=answer]', '是，2019年接入。');
    await shot(page, 'story-43-answer');
    await press(page, '答复');
    page = await act('sthj.reviewer1', '开始特别程序');
    await page.fill('[name=reason]', '依法检测接触食品的水。');
    assert.equal(await page.inputValue('[name=days]'), '10');
    await shot(page, 'story-44-pause');
    await press(page, '开始，停期限');
    const hers = await as('baker');
    await hers.goto(where.base + told.case);
    await says(hers, /检测/);
    await says(hers, /不计时|不算|停/);
    await shot(hers, 'story-45-paused');
  });

  step('two inspectors visit; the visit does not stop the clock', async () => {
    let page = await act('xfjy.inspector1', '登记核查');
    await page.check('[name=passed][value=yes]');
    await page.fill('[name=findings]', '灭火器两具在位，出口直通外面。');
    for (const box of await page.locator('[name=officers]:checked').all()) await box.uncheck();
    await page.locator('[name=officers]').first().check();
    await press(page, '交核查记录');
    await says(page, /三十四条/);
    await shot(page, 'story-46-one-inspector');
    page.wrong.length = 0;
    page = await act('xfjy.inspector1', '登记核查');
    for (const n of [0, 1]) await page.locator('[name=officers]').nth(n).check();
    await page.check('[name=passed][value=yes]');
    await page.fill('[name=findings]', '灭火器两具在位，出口直通外面。');
    await press(page, '交核查记录');
    await says(page, '核查');
  });

  step('her officer goes on leave: the stand-in has the work, marked so, and both stand in the record', async () => {
    let page = await as('sthj.inspector1');
    await page.goto(`${where.base}/office`);
    assert.equal(await page.locator(`main a[href^="${office()}"]`).count(), 0, 'it is not an inspector’s work');
    page = await as('zfb.admin1');
    await page.goto(`${where.base}/admin/staff?agency=sthj`);
    await press(page, '云安桥');
    await page.selectOption('[name=stand_in]', { label: '云野穗' });
    await page.fill('[name=leave_from]', '2026-03-09');
    await page.fill('[name=last]', '2026-03-13');
    await press(page, '记请假');
    await says(page, '云野穗替班');
    await shot(page, 'story-47-leave');
    page = await as('sthj.inspector1');
    await page.goto(`${where.base}/office`);
    const row = page.locator('main tr', { has: page.locator(`a[href^="${office()}"]`) });
    assert.match(await row.innerText(), /代 云安桥/);
    await shot(page, 'story-48-stand-in');
    page = await act('sthj.inspector1', '登记结果');
    await says(page, /代谁办\s*云安桥/);
    await page.fill('[name=result]', '水质合格。');
    await press(page, '登记结果');
    await page.goto(where.base + office('timeline'));
    await says(page, /云野穗（代 云安桥）/);
    await shot(page, 'story-49-for-a-colleague');
    const hers = await as('baker');
    await hers.goto(where.base + told.case);
    await says(hers, /云野穗（代 云安桥）/);
  });

  step('the clock goes on, the laboratory passes', async () => {
    const page = await act('sthj.inspector1', '写意见');
    await page.check('[name=passed][value=yes]');
    await page.fill('[name=opinion]', '水质检测合格。');
    await press(page, '交意见');
  });
});

describe('it is decided and handed over', () => {
  step('the decider sends it back with a reason, and has it again', async () => {
    let page = await act('scjg.decider1', '退回');
    await page.locator('[name=node]').first().check();
    const back = await page.locator('[name=node]').first().getAttribute('value');
    await page.fill('[name=reason]', '意见里没有写平面图核对的结果。');
    await shot(page, 'story-50-back');
    await press(page, '退回');
    assert.equal(back, 'market_review');
    page = await act('scjg.reviewer1', '写意见');
    await page.check('[name=passed][value=yes]');
    await page.fill('[name=opinion]', '平面图与照片一致，符合条件。');
    await press(page, '交意见');
  });

  step('an extension is asked for once and approved by the head of government; she is told why', async () => {
    let page = await act('scjg.decider1', '申请延期');
    await page.fill('[name=reason]', '连续降雨，复查推后。');
    await shot(page, 'story-51-extend');
    await press(page, '交上去审批');
    page = await as('zfb.leader1');
    await page.goto(`${where.base}/office/extensions`);
    await shot(page, 'story-52-extensions');
    await Promise.all([page.waitForURL('**/extension/settle'), page.click(`main a[href^="${office()}"]`)]);
    await says(page, '连续降雨');
    await page.check('[name=passed][value=yes]');
    await shot(page, 'story-53-settle');
    await press(page, '签批');
    const hers = await as('baker');
    await hers.goto(where.base + told.case);
    await says(hers, /延/);
    await shot(hers, 'story-54-extended');
  });

  step('the decider sees what was found, previews the paper, and grants', async () => {
    const page = await act('scjg.decider1', '作决定');
    await says(page, '水质');
    await says(page, '灭火器');
    await page.check('[name=outcome][value=granted]');
    await page.locator('[name=articles]').first().check();
    await page.fill('[name=reason]', '符合示范办法第十条规定的条件。');
    await press(page, '先预览');
    await says(page, /云小满：\s*\n\s*您申请/);
    await says(page, /准予/);
    await shot(page, 'story-55-decide');
    await press(page, '签发决定');
    await shot(page, 'story-56-decided');
  });

  step('the window sends the licence by courier', async () => {
    const page = await todo('spj.window1', '/counter');
    await press(page, '送达');
    await says(page, '白鹭街69号');
    await page.check('[name=mode][value=courier]');
    await page.fill('[name=tracking]', 'YH20260309001');
    await shot(page, 'story-57-deliver');
    await press(page, '记下送达');
    await says(page, /办结/);
  });
});

describe('what she holds, and what everybody can check', () => {
  step('she holds the licence, as a page and as a PDF', async () => {
    const page = await as('baker');
    await page.goto(where.base + told.case);
    await says(page, /准予|批准/);
    await shot(page, 'story-60-granted');
    await page.click('main a[href^="/licences/"]');
    await page.waitForURL('**/licences/*');
    told.check = await page.locator('a[href*="/check/"]').first().getAttribute('href');
    await says(page, /有效/);
    await shot(page, 'story-61-licence');
    await axe(page);
    const pdf = await page.request.get(`${page.url()}/pdf`);
    assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
    const qr = await page.request.get(`${page.url()}/qr.svg`);
    assert.match(await qr.text(), /<svg/);
  });

  step('anybody who scans the code sees that it is real, whose, until when', async () => {
    const page = await as('', { viewport: phone });
    await page.goto(new URL(told.check, where.base).href);
    await says(page, /真/);
    await says(page, /有效/);
    await says(page, /2031/);
    await says(page, '云*满');
    assert.doesNotMatch(await page.content(), /云小满/);
    await shot(page, 'story-62-checked');
    await page.goto(`${where.base}/grants`);
    await says(page, workshop);
  });

  step('by number and query code she sees each step without signing in', async () => {
    const page = await as('');
    await page.goto(`${where.base}/progress`);
    await page.fill('[name=number]', told.number);
    await page.fill('[name=code]', told.code.toLowerCase());
    await press(page, '查进度');
    await says(page, /办结|送达/);
    assert.doesNotMatch(await page.content(), /云小满|白鹭街/);
    assert.ok(!page.url().includes(told.code), 'the code is not in the address');
    await shot(page, 'story-63-progress');
    assert.equal((await page.context().cookies()).length, 0, 'nobody who only reads gets a cookie');
  });

  step('her inbox has the steps, and she sees who looked, and why', async () => {
    const page = await as('baker');
    await page.waitForFunction(async (id) => {
      const t = await (await fetch('/inbox')).text();
      return t.includes(`/my/${id}`) && /送达|寄出/.test(t);
    }, told.id, { polling: 300 });
    await page.goto(`${where.base}/inbox`);
    for (const what of [/补/, /受理/, /检测/, /改到最迟/, /批准了/]) await says(page, what);
    await shot(page, 'story-64-inbox');
    await page.goto(`${where.base}/looks`);
    await says(page, /综合窗口/);
    await says(page, /审批局|行政审批局/);
    await shot(page, 'story-65-looks');
  });

  step('her proof holds offline, with keys got from the public page, and a changed one does not', async () => {
    const page = await as('baker');
    await page.goto(where.base + told.case);
    await press(page, '办件记录的证明');
    const at = await page.getByRole('link', { name: /下载/ }).getAttribute('href');
    let proof;
    for (let n = 0; n < 50 && !proof; n++) {
      const got = await page.request.get(where.base + at);
      if (got.ok()) proof = await got.text();
      else assert.equal(got.status(), 503);
    }
    assert.match(proof, /云野穗[^}]*\\?"for\\?":\d+/, 'the record names the stand-in and for whom');
    const anybody = await as('');
    await anybody.goto(`${where.base}/proof`);
    const keys = [...(await text(anybody)).matchAll(/\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/g)].flatMap(([key]) => ['--key', key]);
    assert.equal(keys.length, 4, 'two keys, one for each signature');
    const dir = mkdtempSync(path.join(tmpdir(), 'tongban-proof-'));
    try {
      const file = path.join(dir, 'proof.json');
      writeFileSync(file, proof);
      execFileSync(binary, ['verify', ...keys, file], { stdio: 'pipe' });
      writeFileSync(file, proof.replace('case.accepted', 'case.acceptex'));
      assert.throws(() => execFileSync(binary, ['verify', ...keys, file], { stdio: 'pipe' }));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
