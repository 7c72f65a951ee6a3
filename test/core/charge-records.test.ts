import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHARGE_USES, isWaste, readMeter, writeMeter } from '../../src/core/charge-records.js';
import { meters } from '../queue/books-samples.js';

describe('a meter', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(meters, (meter) => {
        expect(readMeter(meter.id, writeMeter(meter))).toEqual(meter);
      }),
    );
  });

  it.each(['', 'vm', 'disk 1 2 3', 'vm x 2 3', 'vm 1 2.5 3', 'vm 1 2 3 4'])('is not read from %j', (text) => {
    expect(readMeter('1', text)).toBeUndefined();
  });
});

describe('what a charge was for', () => {
  it('is waste where nobody needed it', () => {
    expect(CHARGE_USES.filter(isWaste)).toEqual(['parked', 'idle', 'missed']);
  });
});
