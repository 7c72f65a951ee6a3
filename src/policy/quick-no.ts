// The parts of a CEL conjunction that can forbid a VM without the evaluator: what is asked of its name and its fleet, which are
// always known. In CEL one false part makes a conjunction false whatever the others are, errors included; so this may say no,
// and never says yes.
import type { ASTNode } from '@marcbachmann/cel-js';
import type { SelectContext } from '../core/policy-types.js';
import type { Vm } from '../core/types.js';

/** Whether the expression is certainly false about the VM. */
type QuickNo = (vm: Vm, context: SelectContext) => boolean;

type TextTest = (text: string) => boolean;

const methods: Readonly<Record<string, (operand: string) => TextTest>> = {
  startsWith: (operand) => (text) => text.startsWith(operand),
  endsWith: (operand) => (text) => text.endsWith(operand),
  contains: (operand) => (text) => text.includes(operand),
  matches: (operand) => {
    const pattern = new RegExp(operand);
    return (text) => pattern.test(text);
  },
};

function readText(node: ASTNode | undefined): string | undefined {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

function readField(node: ASTNode): 'name' | 'policy' | undefined {
  if (node.op !== '.' || node.args[0].op !== 'id' || node.args[0].args !== 'vm') return undefined;
  const [, field] = node.args;
  return field === 'name' || field === 'policy' ? field : undefined;
}

function buildQuickNo(field: 'name' | 'policy', test: TextTest): QuickNo {
  return field === 'name' ? (vm) => !test(vm.name) : (_vm, context) => !test(context.policy);
}

function readPart(node: ASTNode): QuickNo | undefined {
  if (node.op === '==' || node.op === '!=') {
    const operand = readText(node.args[1]);
    const field = readField(node.args[0]);
    if (operand === undefined || field === undefined) return undefined;
    return buildQuickNo(field, node.op === '==' ? (text) => text === operand : (text) => text !== operand);
  }
  if (node.op !== 'rcall') return undefined;
  const [method, receiver, operands] = node.args;
  const field = readField(receiver);
  const operand = readText(operands[0]);
  if (field === undefined || operand === undefined || operands.length !== 1 || !Object.hasOwn(methods, method)) {
    return undefined;
  }
  return buildQuickNo(field, methods[method]!(operand));
}

function* listParts(node: ASTNode): Generator<ASTNode> {
  if (node.op !== '&&') yield node;
  else for (const part of node.args) yield* listParts(part);
}

/** Of an expression that was checked; undefined when no part of it can be judged this way. */
export function findQuickNo(ast: ASTNode): QuickNo | undefined {
  const parts = [...listParts(ast)].map(readPart).filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return parts.length === 1 ? parts[0] : (vm, context) => parts.some((forbids) => forbids(vm, context));
}
