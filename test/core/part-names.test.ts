// Names of parts: they lead back to their VM, and stay within the strictest rule.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBaseName, buildIntentId, buildMemberName } from '../../src/core/names.js';
import { buildPartName, LONGEST_PART_NAME, readPartName } from '../../src/core/part-names.js';
import type { PartKind } from '../../src/core/types.js';

describe('names of parts', () => {
  it('say which part of which VM it is', () => {
    expect(buildPartName('web-a17k3f2x', 'boot-disk')).toBe('web-a17k3f2x-b');
    expect(buildPartName('web-a17k3f2x', 'data-disk', 3)).toBe('web-a17k3f2x-3');
    expect(buildPartName('web-a17k3f2x', 'public-ip')).toBe('web-a17k3f2x-i');
  });

  it('of the longest fleet fit, and lead back to their VM', () => {
    const kinds = fc.constantFrom<PartKind>('boot-disk', 'data-disk', 'public-ip');
    fc.assert(
      fc.property(kinds, fc.boolean(), fc.integer({ min: 0, max: 9 }), (kind, isNamed, index) => {
        const intent = buildIntentId('7k3f', 'a1');
        const vmName = isNamed
          ? buildMemberName('abcdefghij-k', 'a1', intent, index)
          : buildBaseName('abcdefghij-k', 'a1', intent);
        const name = buildPartName(vmName, kind, index);
        expect(name!.length).toBeLessThanOrEqual(LONGEST_PART_NAME);
        expect(readPartName(name!)).toEqual({ vmName, kind });
      }),
    );
  });

  it.each(['A', 'web_1', '', '-web', 'x'.repeat(24)])('are not made of the VM name %j', (vmName) => {
    expect(buildPartName(vmName, 'boot-disk')).toBeUndefined();
  });

  it.each(['data', 'web', 'web-', 'web-bb', 'Web-b', `${'x'.repeat(24)}-b`])('%j is no part of ours', (name) => {
    expect(readPartName(name)).toBeUndefined();
  });
});
