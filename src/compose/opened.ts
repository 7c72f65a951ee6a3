// What was opened so far, closed last opened first: at the end, or when opening fails midway. It knows nothing of the parts.

export interface Opened {
  /** Remembers how the part is closed, and gives it back. */
  keep<T>(part: T, close: (part: T) => void | Promise<void>): T;
  /** Closes everything, also when closing a part fails; throws the first failure then. The second call does nothing. */
  closeAll(): Promise<void>;
}

export function createOpened(): Opened {
  const closers: (() => void | Promise<void>)[] = [];
  return {
    keep(part, close) {
      closers.push(() => close(part));
      return part;
    },
    async closeAll() {
      const failures: unknown[] = [];
      for (const close of closers.splice(0).reverse()) {
        try {
          await close();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** Runs with what it opens; closes that again when it fails. */
export async function openAll<T>(open: (opened: Opened) => Promise<T>): Promise<T> {
  const opened = createOpened();
  try {
    return await open(opened);
  } catch (error) {
    // Why opening failed is what people need to hear.
    await opened.closeAll().catch(() => undefined);
    throw error;
  }
}
