// JSON pointers (the examples of RFC 6901) and equality by value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findByPointer, isEqualJson } from '../../src/signals/json-values.js';

const document = JSON.parse(
  '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8,"__proto__":9}',
) as unknown;

describe('a pointer', () => {
  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/__proto__', 9],
  ])('%j finds its value', (pointer, value) => {
    expect(findByPointer(document, pointer)).toEqual({ found: true, value });
  });

  it.each(['foo', '/bar', '/foo/2', '/foo/00', '/foo/-', '/foo/length', '/foo/0/x', '/toString', '/m~n', '/m~2n'])(
    '%j finds nothing',
    (pointer) => {
      expect(findByPointer(document, pointer)).toEqual({ found: false });
    },
  );
});

describe('equality', () => {
  it.each([
    [{ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, true],
    [[1, 2], [2, 1], false],
    [false, 0, false],
    [null, undefined, false],
    [{ a: undefined }, {}, false],
    [{}, [], false],
    [{ length: 0 }, [], false],
    ['1', 1, false],
  ])('of %j and %j is %s', (a, b, equal) => {
    expect(isEqualJson(a, b)).toBe(equal);
    expect(isEqualJson(b, a)).toBe(equal);
  });

  it('holds between a value and its copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(isEqualJson(JSON.parse(text), JSON.parse(text))).toBe(true);
        expect(isEqualJson([JSON.parse(text)], JSON.parse(text))).toBe(false);
      }),
    );
  });
});
