// What CEL can be about: the one variable beside `now`, its fields, and the view that computes them. Data and views only.
import type { Orphan, SelectContext } from '../core/policy-types.js';
import type { Vm } from '../core/types.js';
import { OrphanView, orphanFields } from './orphan-view.js';
import { vmFields, VmView } from './vm-view.js';

export interface Subject<Thing> {
  readonly variable: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly type: { readonly name: string; readonly ctor: new (isAbsent: boolean) => object };
  /** `a VM`, and an expression that people may copy. */
  readonly noun: string;
  readonly sample: string;
  /** One view serves all things of an expression: it is aimed at one, then read. */
  readonly open: (isAbsent: boolean) => {
    readonly view: object;
    readonly aim: (thing: Thing, context: SelectContext) => void;
  };
}

export const aboutVm: Subject<Vm> = {
  variable: 'vm',
  fields: vmFields,
  type: { name: 'Vm', ctor: VmView },
  noun: 'a VM',
  sample: 'vm.vcpu >= 4',
  open(isAbsent) {
    const view = new VmView(isAbsent);
    const aim = (vm: Vm, context: SelectContext): void => {
      view.vm = vm;
      view.context = context;
    };
    return { view, aim };
  },
};

export const aboutOrphan: Subject<Orphan> = {
  variable: 'orphan',
  fields: orphanFields,
  type: { name: 'Orphan', ctor: OrphanView },
  noun: 'an orphan',
  sample: 'orphan.kind == "public-ip"',
  open(isAbsent) {
    const view = new OrphanView(isAbsent);
    const aim = (orphan: Orphan, context: SelectContext): void => {
      view.orphan = orphan;
      view.context = context;
    };
    return { view, aim };
  },
};
