import { afterEach, expect, it } from 'vitest';
import { KEY, setUp, type Routes, type Setup } from './setup.js';

const NOBODY = 'PATCH /v2/vms/00000000-0000-4000-8000-000000000000';
const refusal = { status: 403, body: { code: 'forbidden', error: 'Not allowed' } };

let setup: Setup;
afterEach(() => setup.close());

async function check(routes: Routes) {
  setup = await setUp(routes);
  return setup.cloud.checkAccess();
}

const user = (permissions: readonly string[]) => ({
  body: { id: 'u-1', email: 'someone@example.com', permissions },
  asDocumented: false,
});

it('asks who the key is, and then for a change that nobody can feel', async () => {
  const access = await check({ 'GET /v1/users/me': user(['vms:write', 'storage:write', 'public_ips:write']) });
  expect(access).toMatchObject({ mayChange: true, lacks: [], variant: undefined });
  expect(setup.asked()).toEqual(['GET /v1/users/me', NOBODY]);
});

it('asks for no change where the permissions say already that there is none', async () => {
  const access = await check({ 'GET /v1/users/me': user(['vms:read']) });
  expect(access).toMatchObject({ mayChange: false, lacks: ['vms:write', 'storage:write', 'public_ip:write'] });
  expect(setup.asked()).toEqual(['GET /v1/users/me']);
});

it("believes the refusal more than permissions, which may be those of the key's owner", async () => {
  const access = await check({
    'GET /v1/users/me': user(['vms:write', 'storage:write', 'public_ip:write']),
    [NOBODY]: refusal,
  });
  expect(access).toMatchObject({ mayChange: false, lacks: [] });
});

it('does not know where the API fails, and never quotes the key', async () => {
  const access = await check({
    'GET /v1/users/me': refusal,
    [NOBODY]: { status: 503, body: { error: `down for ${KEY}` }, asDocumented: false },
  });
  expect(access.mayChange).toBeUndefined();
  expect(access.how).toContain('503');
  expect(access.how).not.toContain(KEY);
});
