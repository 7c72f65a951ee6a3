// docs/errors.md and docs/reasons.md list what the code has, nothing more and nothing less.
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { errorTable } from '../../src/core/errors.js';
import { readTable } from './markdown-table.js';

/** The words of a union of string literals, in the order of the source. */
function readUnion(path: string, name: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023);
  const alias = source.statements.find((node) => ts.isTypeAliasDeclaration(node) && node.name.text === name);
  if (alias === undefined || !ts.isTypeAliasDeclaration(alias) || !ts.isUnionTypeNode(alias.type))
    throw new Error(`${name} is no union in ${path}.`);
  return alias.type.types.flatMap((member) =>
    ts.isLiteralTypeNode(member) && ts.isStringLiteral(member.literal) ? [member.literal.text] : [],
  );
}

describe('docs/errors.md', () => {
  const rows = readTable(readFileSync('docs/errors.md', 'utf8'), 'code');

  it('lists every code with its exit code, status and remedy, and no other', () => {
    const expected = Object.entries(errorTable).map(([code, row]) => ({
      code,
      'exit code': String(row.exitCode),
      'HTTP status': String(row.httpStatus),
      remedy: row.remedy,
    }));
    expect(rows).toEqual(expected);
  });
});

describe('docs/reasons.md', () => {
  const rows = readTable(readFileSync('docs/reasons.md', 'utf8'), 'code');
  const codes = readUnion('src/core/reasons.ts', 'ReasonCode');

  it('lists every reason code once, and no other', () => {
    expect(codes.length).toBeGreaterThan(40);
    expect(rows.map((row) => row['code']).sort()).toEqual([...codes].sort());
  });

  it.each(rows)('says in one sentence what $code means', (row) => {
    expect(row['what it means for you']).toMatch(/^[A-Z][^|]{20,}\.$/);
  });
});
