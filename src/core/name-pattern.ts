// Names of VMs against patterns in which `*` stands for any characters. Linear: no pattern makes it slow. Compares texts alone.

/** `web-*` matches `web-` and all that begins so; without a `*` only the name itself. */
export function matchesName(name: string, pattern: string): boolean {
  const [start = '', ...rest] = pattern.split('*');
  const end = rest.pop();
  if (end === undefined) return name === pattern;
  if (!name.startsWith(start) || !name.endsWith(end) || name.length < start.length + end.length) return false;
  const last = name.length - end.length;
  let from = start.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found === -1 || found + part.length > last) return false;
    from = found + part.length;
  }
  return true;
}
