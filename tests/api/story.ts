// The story of the first issue, played through the API by a client whose every
// path, parameter, body and answer is typed by the description.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

type Api = Client<paths>;
type CaseView = components['schemas']['CaseView'];

const password = { people: 'yunhe-renmin-1949', staff: 'yunhe-gongwu-1949' };
const secret = 'YUNHEDEMONSTRATIONCOUNTY2TONGBAN';

// A picture of one point.
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==', 'base64');

const workshop = {
  area: 40, tenure: 'owned', workshop_name: '云禾县小满糕点坊', category: 'pastry', workers: 2, water: 'tap', gas: false,
  premises_address: '云禾县云溪镇青石巷12号',
};

export type Told = { case: number; number: string; code: string; proof: string; keys: string[]; licenceCode: string };

// totp is the one-time code of RFC 6238 at a moment of the platform's clock.
function totp(base32: string, at: Date): string {
  let bits = '';
  for (const c of base32) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000)));
  const sum = createHmac('sha1', key).update(step).digest();
  return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// got takes the data of an answer, or fails with the problem that came instead.
function got<T>(r: { data?: T; error?: unknown; response: Response }): T {
  assert.ok(r.data !== undefined, `${r.response.url}: ${r.response.status} ${JSON.stringify(r.error)}`);
  return r.data;
}

export class Story {
  private item = 0;
  private told: Partial<Told> = {};
  private readonly signedIn = new Map<string, Promise<Api>>();
  private readonly open: Api;

  constructor(private readonly base: string) {
    this.open = this.client();
  }

  private client(token?: string): Api {
    return createClient<paths>({ baseUrl: `${this.base}/api/v1`, headers: token ? { Authorization: `Bearer ${token}` } : {} });
  }

  // as is the client of somebody, signed in once.
  private as(login: string): Promise<Api> {
    let api = this.signedIn.get(login);
    if (!api) this.signedIn.set(login, (api = this.signIn(login)));
    return api;
  }

  private async signIn(login: string): Promise<Api> {
    const staff = login.includes('.');
    let s = got(await this.open.POST('/sessions', { body: { login, password: staff ? password.staff : password.people } }));
    if (s.next === 'second') {
      const now = got(await this.open.GET('/calendar/today'));
      s = got(await this.client(s.token).POST('/sessions/second', { body: { code: totp(secret, new Date(now.at)) } }));
    }
    assert.equal(s.next, '');
    return this.client(s.token);
  }

  private async look(login: string): Promise<CaseView> {
    const api = await this.as(login);
    return got(await api.GET('/cases/{case}', { params: { path: { case: this.told.case! }, query: { purpose: '按流程办理' } } }));
  }

  private async task(login: string, node: string): Promise<{ path: { case: number; task: number }; seen: number }> {
    const t = (await this.look(login)).tasks?.find((t) => t.node === node && t.state === 'open');
    assert.ok(t, `${login} sees no open task ${node}`);
    return { path: { case: this.told.case!, task: t.id }, seen: t.seen };
  }

  async finds(): Promise<void> {
    const hits = got(await this.open.GET('/items', { params: { query: { q: '食品', limit: 50 } } }));
    const hit = hits.items.find((i) => i.name === '食品作坊经营许可（示范）');
    assert.ok(hit?.complete, 'the service is found and can be applied for');
    this.item = hit.id;
    const path = { item: this.item };
    const guide = got(await this.open.GET('/items/{item}', { params: { path } }));
    assert.equal(guide.guide.terms.statutory.days, 45);
    assert.equal(guide.guide.fees.charged, false);
    assert.ok(guide.guide.basis?.some((b) => b.invented));
    const svg = got(await this.open.GET('/items/{item}/flow.svg', { params: { path }, parseAs: 'text' }));
    assert.match(svg as string, /<svg/);
  }

  async applies(): Promise<void> {
    const baker = await this.as('baker');
    const known = got(await baker.GET('/items/{item}/known', { params: { path: { item: this.item } } }));
    assert.ok(known.locked.operator_name?.source, 'half of the form is filled in, with its source');
    const { draft } = got(await baker.POST('/drafts', { body: { item: this.item, values: workshop } }));
    for (const material of ['plan', 'photo']) {
      const form = new FormData();
      form.set('file', new Blob([picture]), `${material}.png`);
      got(await baker.POST('/drafts/{id}/files', {
        params: { path: { id: draft }, query: { material } }, body: { file: '' }, bodySerializer: () => form,
      }));
    }
    const header = { 'Idempotency-Key': `story-${draft}` };
    const send = (delivery: 'window' | 'courier') => baker.POST('/cases', { params: { header }, body: { draft, delivery } });
    const done = got(await send('window'));
    const again = got(await send('window'));
    assert.equal(again.case, done.case, 'the same submission twice is one case');
    const other = await send('courier');
    assert.equal(other.response.status, 422);
    assert.equal(other.error?.code, 'act.key_reused');
    assert.ok(done.receipt);
    this.told = { case: done.case, number: done.number, code: done.query_code };
  }

  async isNotified(): Promise<void> {
    const window = await this.as('spj.window1');
    const list = got(await window.GET('/cases/find', { params: { query: { q: this.told.number! } } }));
    assert.equal(list.items[0]?.id, this.told.case);
    const path = { case: this.told.case! };
    got(await window.POST('/cases/{case}/notify', {
      params: { path }, body: { missing: [{ key: 'material:plan', what: '平面图没有标尺寸', how: '写明每边的长度' }] },
    }));
    const baker = await this.as('baker');
    const form = new FormData();
    form.set('file', new Blob([picture]), 'plan.png');
    got(await baker.POST('/cases/{id}/files', {
      params: { path: { id: path.case }, query: { material: 'plan' } }, body: { file: '' }, bodySerializer: () => form,
    }));
    got(await baker.POST('/cases/{case}/correct', { params: { path }, body: {} }));
    const twice = await window.POST('/cases/{case}/notify', {
      params: { path }, body: { missing: [{ key: 'material:photo', what: '照片不清楚', how: '重拍' }] },
    });
    assert.equal(twice.response.status, 403, 'nothing new may be demanded');
    assert.match(twice.error?.law ?? '', /三十二/);
    const { seen } = await this.task('spj.window1', 'accept');
    const done = got(await window.POST('/cases/{case}/accept', { params: { path }, body: { seen, checked: ['plan', 'photo'] } }));
    assert.equal(done.status, 'handling');
    assert.ok(done.paper);
  }

  async isHandled(): Promise<void> {
    const review = await this.task('scjg.reviewer1', 'market_review');
    const reviewer = await this.as('scjg.reviewer1');
    // Two click at the same moment: one of them is told.
    const both = await Promise.all([1, 2].map(() => reviewer.POST('/cases/{case}/tasks/{task}/review', {
      params: { path: review.path }, body: { seen: review.seen, passed: true, text: '符合条件' },
    })));
    assert.deepEqual(both.map((r) => r.response.status).sort(), [200, 409]);

    const fire = await this.task('xfjy.inspector1', 'fire_visit');
    const officers = await Promise.all(['xfjy.inspector1', 'xfjy.inspector2'].map(async (login) =>
      got(await (await this.as(login)).GET('/sessions/current')).person));
    const inspector = await this.as('xfjy.inspector1');
    got(await inspector.POST('/cases/{case}/tasks/{task}/visit', {
      params: { path: fire.path }, body: { seen: fire.seen, passed: true, text: '灭火器在位，通道畅通', officers },
    }));

    const laboratory = await this.as('sthj.reviewer1');
    let test = await this.task('sthj.reviewer1', 'water_test');
    got(await laboratory.POST('/cases/{case}/tasks/{task}/pause', { params: { path: test.path }, body: { seen: test.seen, reason: '水质送检', days: 10 } }));
    assert.equal((await this.look('baker')).statutory?.paused, true, 'a test stops the clock');
    test = await this.task('sthj.reviewer1', 'water_test');
    got(await laboratory.POST('/cases/{case}/tasks/{task}/resume', { params: { path: test.path }, body: { seen: test.seen, result: '检测合格' } }));
    test = await this.task('sthj.reviewer1', 'water_test');
    got(await laboratory.POST('/cases/{case}/tasks/{task}/review', { params: { path: test.path }, body: { seen: test.seen, passed: true, text: '合格' } }));
  }

  async isDecided(): Promise<void> {
    const decision = await this.task('scjg.decider1', 'decide');
    const decider = await this.as('scjg.decider1');
    got(await decider.POST('/cases/{case}/tasks/{task}/decide', {
      params: { path: decision.path }, body: { seen: decision.seen, outcome: 'granted', articles: ['示范办法第十条'] },
    }));
    const window = await this.as('spj.window1');
    const { seen } = await this.task('spj.window1', 'deliver');
    const done = got(await window.POST('/cases/{case}/deliver', { params: { path: { case: this.told.case! } }, body: { seen, mode: 'window' } }));
    assert.equal(done.status, 'concluded');
    const grants = got(await this.open.GET('/grants', { params: { query: { agency: 'scjg', limit: 1 } } }));
    assert.match(grants.items[0]?.title ?? '', /食品作坊/);
  }

  async holdsTheLicence(): Promise<void> {
    const baker = await this.as('baker');
    const mine = got(await baker.GET('/licences'));
    const line = mine.items.find((l) => l.case === this.told.case);
    assert.ok(line, 'she holds the licence');
    const licence = got(await baker.GET('/licences/{licence}', { params: { path: { licence: line.id } } }));
    const check = got(await this.open.GET('/check/{code}', { params: { path: { code: licence.code } } }));
    assert.equal(check.real, true);
    assert.equal(check.state, 'valid');
    assert.equal(check.number, line.number);
    assert.doesNotMatch(JSON.stringify(check), /云小满/, 'the name is masked');
    this.told.licenceCode = licence.code;
  }

  async sees(): Promise<Told> {
    const progress = got(await this.open.POST('/progress', { body: { number: this.told.number!, code: this.told.code! } }));
    assert.equal(progress.status, 'concluded');
    assert.equal(progress.personal, undefined);
    const baker = await this.as('baker');
    const looks = got(await baker.GET('/looks'));
    assert.ok(looks.items.some((l) => l.why === '按流程办理' && l.case === this.told.case));
    await this.waitForNotices(baker);
    const path = { case: this.told.case! };
    for (let tries = 0; ; tries++) {
      const proof = await baker.GET('/cases/{case}/proof', { params: { path }, parseAs: 'text' });
      if (proof.response.ok) {
        this.told.proof = proof.data as unknown as string;
        break;
      }
      assert.ok(proof.response.status === 503 && tries < 50, `proof: ${proof.response.status}`);
      await new Promise((done) => setTimeout(done, 200));
    }
    this.told.keys = got(await this.open.GET('/checkpoint/keys')).keys;
    return this.told as Told;
  }

  // The inbox follows the record at a little distance.
  private async waitForNotices(baker: Api): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const inbox = got(await baker.GET('/inbox'));
      if (inbox.items.some((n) => n.case === this.told.case && n.kind === 'case.delivered')) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.fail('no notice of the delivery');
  }

  async isRefusedWell(): Promise<void> {
    const nobody = await this.open.GET('/cases');
    assert.equal(nobody.response.status, 401);
    assert.equal(nobody.response.headers.get('content-type'), 'application/problem+json');
    assert.equal(nobody.error?.code, 'act.sign_in');
    const stranger = await (await this.as('neighbour')).GET('/cases/{case}', { params: { path: { case: this.told.case! } } });
    assert.equal(stranger.response.status, 404);
    const decider = await (await this.as('scjg.decider1')).POST('/cases/{case}/accept', { params: { path: { case: this.told.case! } }, body: {} });
    assert.equal(decider.response.status, 403);
  }
}
