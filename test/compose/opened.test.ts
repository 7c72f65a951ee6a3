import { describe, expect, it } from 'vitest';
import { createOpened, openAll } from '../../src/compose/opened.js';

describe('what was opened', () => {
  it('is closed last opened first, once', async () => {
    const closed: string[] = [];
    const opened = createOpened();
    for (const part of ['store', 'queue', 'clock'])
      expect(opened.keep(part, (closing) => void closed.push(closing))).toBe(part);
    await opened.closeAll();
    await opened.closeAll();
    expect(closed).toEqual(['clock', 'queue', 'store']);
  });

  it('waits for each before the next', async () => {
    const closed: string[] = [];
    const opened = createOpened();
    opened.keep('store', (part) => void closed.push(part));
    opened.keep('queue', async (part) => {
      await new Promise((resolve) => setImmediate(resolve));
      closed.push(part);
    });
    await opened.closeAll();
    expect(closed).toEqual(['queue', 'store']);
  });

  it('is closed altogether although a part cannot be, and says what went wrong first', async () => {
    const closed: string[] = [];
    const opened = createOpened();
    opened.keep('store', (part) => void closed.push(part));
    opened.keep('queue', () => Promise.reject(new Error('queue')));
    opened.keep('clock', () => Promise.reject(new Error('clock')));
    await expect(opened.closeAll()).rejects.toThrow('clock');
    expect(closed).toEqual(['store']);
  });

  it('is closed again when opening fails midway, with why it failed', async () => {
    const closed: string[] = [];
    const failing = openAll((opened) => {
      opened.keep('store', (part) => void closed.push(part));
      opened.keep('queue', () => Promise.reject(new Error('cannot be closed')));
      return Promise.reject(new Error('no Redis'));
    });
    await expect(failing).rejects.toThrow('no Redis');
    expect(closed).toEqual(['store']);
  });

  it('stays open when opening succeeds', async () => {
    const closed: string[] = [];
    const answer = await openAll((opened) => Promise.resolve(opened.keep('store', (part) => void closed.push(part))));
    expect([answer, closed]).toEqual(['store', []]);
  });
});
