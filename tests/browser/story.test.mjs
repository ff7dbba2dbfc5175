// The story of a baker, her uncle and an agency, played in a browser from the
// first search to the proof.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { binary, county, enter, image, press, says, text } from './county.mjs';
import { axe, launch, noSideways, quiet, shot } from './lib.mjs';

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
    const picture = page.locator('main picture img');
    await picture.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => { const i = document.querySelector('main picture img'); return i.complete && i.naturalWidth > 100; });
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
    told.number = (await says(page, /990124-\d{6}-\d{6}/))[0];
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
