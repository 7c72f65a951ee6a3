// Reads the answers to deployments and estimates. An answer to a deployment that isn't exactly what was ordered is unreadable:
// the VMs may exist all the same, so the ids that can be read are kept with the error.
import type { CreateOrder, Estimate } from '../../ports/cloud.js';
import { isCount, isObject, quoteValue, readOptionalText, readSumMicros, Unreadable } from '../read-values.js';
import type { JsonObject } from '../read-values.js';
import { isVmId } from './read-vms.js';

/** Throws Unreadable with `details.vmIds`. */
export function readCreated(json: unknown, order: CreateOrder): readonly { id: string; name: string }[] {
  const entries = Array.isArray(json) ? (json as readonly unknown[]) : [];
  const created = new Map<string, { id: string; name: string }>();
  for (const entry of entries) {
    const id = isObject(entry) ? entry['vmId'] : undefined;
    if (!isObject(entry) || !isVmId(id)) continue;
    created.set(id.toLowerCase(), { id, name: readOptionalText(entry['vmName']) ?? order.name });
  }
  if (Array.isArray(json) && created.size === order.count && entries.length === order.count)
    return [...created.values()];
  const vmIds = [...created.values()].map((vm) => vm.id);
  const what = json === undefined ? 'its body is empty' : `its body is ${quoteValue(json)}`;
  throw new Unreadable(`${what}: ${vmIds.length} VM ids can be read of ${order.count} that were ordered`, { vmIds });
}

export function readEstimate(json: unknown): Estimate {
  if (!isObject(json))
    throw new Unreadable(json === undefined ? 'its body is empty' : `its body is ${quoteValue(json)}`);
  return {
    depositAmount: readMoney(json, 'depositAmountUsdc'),
    depositPeriods: readWhole(json, 'depositEpochs'),
    totalPricePerPeriod: readMoney(json, 'totalPricePerEpoch'),
    maxPricePerPeriod: readMoney(json, 'maxPricePerEpoch'),
    count: readWhole(json, 'instances'),
  };
}

function readMoney(json: JsonObject, field: string): bigint {
  const amount = readSumMicros(json[field], field);
  if (amount === undefined) throw new Unreadable(`it has no ${field}`);
  return amount;
}

function readWhole(json: JsonObject, field: string): number {
  const count = json[field];
  if (!isCount(count, 0, 1e9)) throw new Unreadable(`${field} is ${quoteValue(count)}`);
  return count;
}
