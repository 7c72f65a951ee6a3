// The judge itself: it finds what is wrong in both directions, and says when it has nothing to judge by.
import { describe, expect, it } from 'vitest';
import { ABSENT, buildJudge, openJudge } from './judge.js';

const text = { type: 'string' };
const thing = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', format: 'uuid' }, size: { type: 'integer', format: 'u-int8' } },
};
const small = buildJudge({
  openapi: '3.1.0',
  paths: {
    '/v1/things': {
      get: {
        parameters: [
          { name: 'page', in: 'query', schema: { type: 'integer', minimum: 0 } },
          { name: 'ids', in: 'query', schema: { type: 'array', items: { type: 'string', format: 'uuid' } } },
          { name: 'day', in: 'query', required: true, schema: { type: 'string', format: 'date' } },
        ],
        responses: {
          200: {
            content: {
              'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Thing' } } },
            },
          },
        },
      },
      post: {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
        },
        responses: { 204: {} },
      },
    },
    '/v1/things/kinds': { get: { responses: { 200: { content: { 'application/json': { schema: text } } } } } },
    '/v1/things/{id}': {
      delete: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Both' } } } } },
      },
      get: { responses: { 200: { content: { 'application/json': { schema: text } } } } },
    },
  },
  components: {
    schemas: {
      Thing: thing,
      Part: { type: 'object', required: ['kind'], properties: { kind: text } },
      Both: { allOf: [{ $ref: '#/components/schemas/Part' }, { type: 'object', properties: { more: text } }] },
      ErrorBody: { type: 'object', required: ['error', 'code'], properties: { error: text, code: text } },
    },
  },
});
const id = '3fa85f64-5717-4562-b3fc-2c963f66afa6';

describe('a request', () => {
  it('that is written as documented passes', () => {
    const lists = [`ids=${id}`, `ids[0]=${id}&ids[1]=${id}`, 'page=3', ''];
    for (const list of lists) {
      const path = `/v1/things?day=2026-11-20&${list}`;
      expect(small.judgeRequest({ method: 'GET', path })).toEqual([]);
    }
    expect(small.judgeRequest({ method: 'POST', path: '/v1/things', body: JSON.stringify({ id }) })).toEqual([]);
    expect(small.judgeRequest({ method: 'DELETE', path: `/v1/things/${id}` })).toEqual([]);
  });

  it.each([
    ['GET', '/v1/other', '', /no such operation/],
    ['GET', '/v1/things', '', /day is missing/],
    ['GET', '/v1/things?day=tomorrow', '', /day is tomorrow/],
    ['GET', '/v1/things?day=2026-11-20&page=-1', '', /page is -1/],
    ['GET', '/v1/things?day=2026-11-20&pages=1', '', /no parameter pages/],
    ['GET', `/v1/things?day=2026-11-20&ids[1]=${id}`, '', /ids\[0\]/],
    ['GET', `/v1/things?day=2026-11-20&ids=17`, '', /ids is 17/],
    ['GET', '/v1/things?day=2026-11-20', '{}', /takes no body/],
    ['POST', '/v1/things', '', /has no body/],
    ['POST', '/v1/things', '{', /not JSON/],
    ['POST', '/v1/things', '{}', /required property 'id'/],
    ['POST', '/v1/things', JSON.stringify({ id, size: 256 }), /format "u-int8"/],
    ['POST', '/v1/things', JSON.stringify({ id, sise: 2 }), /additional properties/],
    ['DELETE', '/v1/things/17', '', /\{id\} is "17"/],
  ])('%s %s is refused for what is wrong with it', (method, path, body, problem) => {
    expect(small.judgeRequest({ method, path, body }).join('\n')).toMatch(problem);
  });
});

describe('an answer', () => {
  const list = { method: 'GET', path: '/v1/things?day=2026-11-20' };
  it('that is as documented passes', () => {
    expect(small.judgeAnswer(list, { status: 200, body: JSON.stringify([{ id, size: 3 }]) })).toEqual([]);
    expect(small.judgeAnswer(list, { status: 404, body: '{"code":"not_found","error":"x"}' })).toEqual([]);
    expect(small.judgeAnswer({ method: 'POST', path: '/v1/things' }, { status: 204 })).toEqual([]);
    const both = { method: 'DELETE', path: `/v1/things/${id}` };
    expect(small.judgeAnswer(both, { status: 200, body: '{"kind":"a","more":"b"}' })).toEqual([]);
    expect(small.judgeAnswer(both, { status: 200, body: '{"kind":"a","most":"b"}' })).not.toEqual([]);
  });

  it.each([
    [200, JSON.stringify([{ id: '17' }]), /format "uuid"/],
    [200, JSON.stringify([{ id, other: 1 }]), /additional properties/],
    [200, '', /body is empty/],
    [201, '[]', /not documented/],
    [404, '{"error":"x"}', /required property 'code'/],
  ])('of status %i with the body %s is refused', (status, body, problem) => {
    expect(small.judgeAnswer(list, { status, body }).join('\n')).toMatch(problem);
  });
});

it('fixed paths are not taken for ids', () => {
  expect(small.nameOperation({ method: 'GET', path: '/v1/things/kinds' })).toBe('GET /v1/things/kinds');
});

describe('the published document', () => {
  const judge = openJudge();
  it(judge.isPresent ? 'is here, and has the operations of the cloud' : ABSENT, () => {
    expect(judge.operations.includes('POST /v2/vms')).toBe(judge.isPresent);
    const cut = { method: 'POST', path: '/v2/vms', body: '{"name":"web"}' };
    expect(judge.judgeRequest(cut).length > 0).toBe(judge.isPresent);
  });
});
