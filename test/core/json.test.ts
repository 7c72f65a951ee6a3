import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson, encodeJson } from '../../src/core/json.js';

const keys = fc.oneof(
  fc.string().filter((key) => key !== '__proto__'),
  fc.constantFrom('$bigint', '$escaped', 'constructor', 'toString', '0'),
);
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt(),
    fc.array(tie('value')),
    fc.dictionary(keys, tie('value'), { noNullPrototype: true }),
  ),
}));

describe('JSON with money in it', () => {
  it('reads back exactly what was written, tags in the data included', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(decodeJson(encodeJson(value))).toEqual(value);
      }),
    );
  });

  it('writes a bigint as a tagged string and reads numbers beyond 2^53 exactly', () => {
    expect(encodeJson({ amount: 9_007_199_254_740_993n })).toBe('{"amount":{"$bigint":"9007199254740993"}}');
    expect(decodeJson('{"amount":{"$bigint":"9007199254740993"}}')).toEqual({ amount: 9_007_199_254_740_993n });
  });

  it('leaves out undefined properties and refuses NaN and infinities', () => {
    expect(encodeJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(() => encodeJson({ paidUntil: NaN })).toThrow(TypeError);
    expect(() => encodeJson([Infinity])).toThrow(TypeError);
  });

  it('lets no text reach a prototype', () => {
    const decoded = decodeJson('{"__proto__":{"polluted":true},"a":{"__proto__":{"polluted":true}}}') as Record<
      string,
      object
    >;
    expect(Object.keys(decoded)).toEqual(['a']);
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(Object.assign({}, decoded['a']))).toBe(Object.prototype);
    expect(() => decodeJson('{"$escaped":[["__proto__",{"polluted":true}]]}')).toThrow(SyntaxError);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each(['{"$bigint":12}', '{"$bigint":"0x10"}', '{"$bigint":""}', '{"$escaped":{}}', '{"$escaped":[["a"]]}', '{'])(
    'refuses the broken text %s',
    (text) => {
      expect(() => decodeJson(text)).toThrow(SyntaxError);
    },
  );
});
