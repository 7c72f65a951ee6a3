// The account: who one is and may do what, the balance, and what was really charged. Reads only.
import { Hono } from 'hono';
import { formatUsdc, sumMicros } from '../../core/money.js';
import type { CloudSandbox } from '../cloud-sandbox.js';
import type { CloudCharge } from '../cloud/cloud-state.js';
import { RequestRefused, type SandboxEnv } from '../http-parts.js';
import { formatInstant } from '../instant-text.js';
import { answerBalance, answerCharges, RESOURCE_TYPES } from './account-answers.js';
import { isReadOnly } from './check-key.js';
import { readQuery, type Query } from './read-query.js';

const READ_SCOPES = ['vms:read', 'storage:read', 'public_ip:read', 'clusters:read', 'prices:read'];
const WRITE_SCOPES = ['vms:write', 'storage:write', 'public_ip:write', 'security_groups:write'];
const EVERY_TYPE = ['VM', 'PUBLIC_IP', 'SECURITY_GROUP', 'STORAGE', 'SUBNET', 'VPC', 'WORKSPACE'] as const;
const CHARGE_FILTERS = ['resourceId', 'resourceType', 'startDate', 'endDate'];

export function buildAccountRoutes(sandbox: CloudSandbox): Hono<SandboxEnv> {
  const { cloud } = sandbox;
  const routes = new Hono<SandboxEnv>();
  routes.get('/v1/users/me', (context) =>
    context.json({
      id: cloud.userId,
      email: 'someone@example.com',
      permissions: isReadOnly(context, sandbox) ? READ_SCOPES : [...READ_SCOPES, ...WRITE_SCOPES],
    }),
  );
  routes.get('/v2/users/balances', (context) => {
    const wanted = readQuery(context, ['entitlementKey']).one('entitlementKey') ?? 'usd_balance';
    return context.json(wanted === 'usd_balance' ? [answerBalance(cloud)] : []);
  });
  routes.get('/v1/billing/charges/total', (context) => {
    const charges = filterCharges(cloud.charges, readQuery(context, CHARGE_FILTERS));
    return context.json({ total: formatUsdc(sumMicros(charges.map(({ amount }) => amount))) });
  });
  routes.get('/v1/billing/charges/aggregated', (context) => {
    const query = readQuery(context, [...CHARGE_FILTERS, 'format', 'groupBy', 'period']);
    for (const name of ['startDate', 'endDate']) {
      if (query.one(name) === undefined) throw new RequestRefused(400, `missing field "${name}"`);
    }
    if (query.oneOf('format', ['json', 'csv']) === 'csv') {
      throw new RequestRefused(422, 'The sandbox tells charges as JSON only');
    }
    const groupBy = query.oneOf('groupBy', ['RESOURCE', 'RESOURCE_TYPE', 'CLUSTER']) ?? 'RESOURCE';
    const period = query.oneOf('period', ['DAY', 'MONTH']);
    return context.json(answerCharges(filterCharges(cloud.charges, query), cloud, groupBy, period));
  });
  return routes;
}

/** Days are inclusive, both of them. */
function filterCharges(charges: readonly CloudCharge[], query: Query): readonly CloudCharge[] {
  const id = query.one('resourceId');
  const type = query.oneOf('resourceType', EVERY_TYPE);
  const [from, to] = ['startDate', 'endDate'].map((name) => {
    const day = query.one(name);
    if (day !== undefined && !/^\d{4}-\d\d-\d\d$/.test(day)) throw new RequestRefused(400, `"${name}" is no date`);
    return day;
  });
  return charges.filter(({ at, resource }) => {
    const day = formatInstant(at).slice(0, 10);
    return (
      (id === undefined || resource.id === id) &&
      (type === undefined || RESOURCE_TYPES[resource.kind] === type) &&
      (from === undefined || day >= from) &&
      (to === undefined || day <= to)
    );
  });
}
