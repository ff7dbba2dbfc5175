// Every page, found as people find them: by following links. The
// pages of a case are those of cases that a demonstration always has.
import assert from 'node:assert/strict';
import { enter } from './county.mjs';
import { desk } from './lib.mjs';

const publicPages = ['/', '/?who=legal', '/search', '/search?q=食品', '/search?q=没有这样的事', '/progress', '/grants', '/check', '/check/0000000000000000', '/proof',
  '/lists', '/items', '/lists/power', '/lists/power?q=许可', '/lower', '/laws', '/documents', '/documents/acceptance', '/documents/rule', '/notices/adjustments', '/agencies', '/agencies/scjg', '/about', '/contact', '/privacy', '/accessibility', '/spot-fakes', '/feedback', '/sign-in', '/sign-up', '/nowhere'];

// links are the addresses in a page, as its HTML has them.
export const links = (html) => [...html.matchAll(/href="([^"]+)"/g)].map(([, at]) => at.replaceAll('&amp;', '&'));

// reader reads pages as somebody, without drawing them.
export async function reader(browser, where, login) {
  const page = await enter(browser, where, login, { viewport: desk });
  const get = async (at) => {
    const r = await page.request.get(where.base + at);
    return { status: r.status(), url: r.url(), html: /html/.test(r.headers()['content-type'] ?? '') ? await r.text() : '' };
  };
  const post = (at, form) => page.request.post(where.base + at, { form, headers: { Origin: where.base } });
  return { page, get, post, find: async (at, pattern) => links((await get(at)).html).find((l) => pattern.test(l)), all: async (at, pattern) => links((await get(at)).html).filter((l) => pattern.test(l)) };
}

// survey lists the pages as { login, path, shell, name }.
export async function survey(browser, where) {
  const list = [];
  const add = (login, shell, ...paths) => {
    for (const path of paths) {
      assert.ok(path, `a page of ${login || 'everybody'} was not found: ${paths.join(' ')}`);
      list.push({ login, path, shell });
    }
  };
  const anybody = await reader(browser, where, '');
  const written = await anybody.all('/search?how=online', /^\/items\/\d+$/);
  const nameOnly = (await anybody.all('/search?q=食品', /^\/items\/\d+$/)).find((at) => !written.includes(at));
  const foods = (await anybody.all(`/search?q=${encodeURIComponent('食品作坊经营许可')}`, /^\/items\/\d+$/))[0];
  const leases = (await anybody.all(`/search?q=${encodeURIComponent('房屋租赁备案')}`, /^\/items\/\d+$/))[0]; // has variants
  add('', 'public', ...publicPages, foods, nameOnly, `${foods}/v1`, leases);
  add('baker', 'public', leases.replace('items', 'apply'));
  const power = await anybody.find('/lists/power', /^\/lists\/power\/[^/?]+$/);
  const law = await anybody.find('/laws', /^\/laws\/[^/?]+$/);
  add('', 'public', power, `${power}/v1`, '/lists/power/changes?from=2025-01-01&to=2026-01-01', law, await anybody.find(law, /^\/laws\/[^/]+\/[^/?]+$/),
    await anybody.find('/notices/adjustments', /^\/notices\/adjustments\/\d+$/));
  add('', 'public', await anybody.find(power, /^\/objections\/new\?/), `/objections?list=power&code=${power.split('/').at(-1)}`);
  await applicant(browser, where, foods, add);
  await officials(browser, where, add);
  await anybody.page.context().close();
  return list;
}

async function applicant(browser, where, item, add) {
  const her = await reader(browser, where, 'baker');
  const begun = await her.get(item.replace('items', 'apply'));
  const key = /name="idempotency_key" value="([^"]+)"/.exec(begun.html)[1];
  const subject = /name="subject" value="(\d+)"/.exec(begun.html)[1];
  const draft = new URL((await her.post(item.replace('items', 'apply'), { idempotency_key: key, subject })).url()).pathname;
  const own = (await her.all('/my', /^\/my\/\d+$/)).at(-1);
  const pages = [...new Set(await her.all(own, new RegExp(`^${own}/(papers/\\d+|proof|withdraw)$`)))];
  add('baker', 'public', item.replace('items', 'apply'), draft, ...['form/premises', 'form/production', 'form/safety', 'file/plan', 'delivery', 'check'].map((p) => `${draft}/${p}`),
    '/my', own, ...pages.slice(0, 4), '/licences', await her.find('/licences', /^\/licences\/\d+$/), '/inbox', '/looks');
  await her.page.context().close();
}

// lists are where officials begin, with the pages of a case that they reach from there.
const lists = {
  'spj.window1': ['/counter', '/counter/find', '/counter/intake'],
  'scjg.reviewer1': ['/office', '/office/find', '/office/obstacles'],
  'scjg.decider1': ['/office'],
  'scjg.head1': ['/office/extensions', '/manage/running'],
  'xfjy.inspector1': ['/office'],
  'sthj.reviewer1': ['/office'],
  'zfb.leader1': ['/office/extensions', '/office/figures', '/office/watch'],
  'zfb.supervisor1': ['/office/figures', '/office/watch'],
  'zfb.catalogue1': ['/admin/items', '/admin/import', '/admin/proposals', '/admin/powers', '/admin/agencies', '/admin/calendar', '/admin/system', '/admin/laws', '/manage/flows', '/manage/checkup', '/manage/compare',
    '/manage/adjustments', '/manage/batches', '/manage/hall', '/manage/objections', '/manage/reorganisations', '/manage/reorganisations/new', '/manage/higher', '/manage/lower'],
  'scjg.manager1': ['/manage/flows', '/manage/adjustments', '/manage/checkup', '/manage/compare', '/manage/hall', '/manage/objections'],
  'zfb.admin1': ['/admin/staff', '/admin/operations', '/admin/operations?every=60', '/admin/system'],
};

async function officials(browser, where, add) {
  const acts = new Set();
  for (const [login, begin] of Object.entries(lists)) {
    const r = await reader(browser, where, login);
    add(login, 'staff', ...begin);
    for (const at of begin) {
      const cases = [...new Set(await r.all(at, /^\/office\/case\/\d+/))];
      for (const one of cases) await actsOf(r, login, one.split(/[?#]/)[0], acts, add);
      if (at === '/manage/adjustments' || at === '/manage/batches' || at === '/manage/objections') add(login, 'staff', await r.find(at, new RegExp(`^${at}/\\d+$`)));
      if (at === '/manage/flows') {
        const one = (await r.all(at, /^\/manage\/flows\/\d+$/))[0];
        add(login, 'staff', ...['', '/row?id=accept', '/add?id=accept', '/try', '/compare', '/hand-in'].map((p) => one + p), one.replace('flows', 'running'));
      }
      if (at.startsWith('/admin')) add(login, 'staff', ...(await r.all(at, /^\/admin\/(items|staff)\/\d+$/)).slice(0, 1));
    }
    await r.page.context().close();
  }
  for (const act of ['accept', 'notify', 'refuse', 'spot', 'correct', 'withdraw', 'deliver', 'assign', 'review', 'visit', 'pause', 'resume', 'ask', 'back', 'decide', 'settle']) {
    assert.ok(acts.has(act), `no case on which somebody may ${act}`);
  }
}

// actsOf adds the pages of acts that no case before has had.
async function actsOf(r, login, at, acts, add) {
  const found = (await r.all(at, /^\/(office|counter)\/case\/\d+\/(task|extension|answer|amend|[a-z]+)/)).concat(/extension\/settle$/.test(at) ? [at] : []);
  for (const link of new Set(found)) {
    const act = link.split('/').filter((x) => !/^\d+$/.test(x)).pop();
    const name = ['materials', 'papers', 'findings', 'timeline', 'flow'].includes(act) ? `case ${act}` : act;
    if (/[.?#]/.test(act) || acts.has(name)) continue;
    acts.add(name);
    if (act === 'materials') add(login, 'staff', at.replace(/\/extension.*/, ''));
    add(login, 'staff', link);
  }
}
