// The calls of the cloud product, as data, and how their paths and queries are written.
import type { Endpoint } from '../call-errors.js';

function read(name: string, what: string, path: string, timeout: Endpoint['timeout'] = 'call'): Endpoint {
  return { name, what, method: 'GET', path, kind: 'read', timeout };
}

/** Without these a look at the VMs isn't whole. */
function look(name: string, what: string, path: string, timeout: Endpoint['timeout'] = 'listing'): Endpoint {
  return { ...read(name, what, path, timeout), isLook: true };
}

function change(name: string, what: string, method: Endpoint['method'], path: string): Endpoint {
  return { name, what, method, path, kind: 'change', timeout: 'call' };
}

export const endpoints = {
  listDatacenters: look('list-datacenters', 'list the data centers', '/v1/datacenters', 'call'),
  listClusters: look('list-clusters', 'list the clusters', '/v1/clusters', 'call'),
  /** What can be bought in every cluster; an API that lacks it is asked cluster by cluster. */
  listResources: read('list-resources', 'list what the clusters offer', '/v1/clusters/resources'),
  listConfigurations: look(
    'list-configurations',
    'list the configurations',
    '/v1/configurations/virtual_machines',
    'call',
  ),
  listVmPrices: read('list-prices', 'list the prices of VMs', '/v1/prices/vm'),
  listStoragePrices: read('list-prices', 'list the prices of disks', '/v1/prices/storage'),
  listAddressPrices: read('list-prices', 'list the prices of public IPs', '/v1/prices/public-ip'),
  listImages: read('list-images', 'list the default images', '/v1/storages/default_images'),
  /** Where older documents have them. */
  listImagesBefore: read('list-images', 'list the default images', '/v1/default_images'),
  listVms: look('list-vms', 'list the VMs', '/v2/vms'),
  listStorages: look('list-disks', 'list the disks', '/v1/storages'),
  listAddresses: look('list-public-ips', 'list the public IPs', '/v1/public_ips'),
  listKeys: read('list-keys', 'list the SSH keys', '/v1/ssh_keys'),
  listSecurityGroups: read('list-security-groups', 'list the security groups', '/v1/security_groups'),
  listBalances: read('list-balances', 'list the balances', '/v2/users/balances'),
  readUser: read('read-user', 'read what the key may do', '/v1/users/me'),
  readCharges: read('read-charges', 'read the charges', '/v1/billing/charges/total'),
  listCharges: read('list-charges', 'list the charges', '/v1/billing/charges/aggregated'),
  estimate: { ...read('estimate', 'estimate a deployment', '/v1/prices/cost'), method: 'POST' },
  createVm: change('create-vms', 'create a VM', 'POST', '/v2/vms'),
  addKey: change('add-key', 'add the SSH key', 'POST', '/v1/ssh_keys'),
  createSecurityGroup: change('create-security-group', 'create a security group', 'POST', '/v1/security_groups'),
  deleteStorages: change('delete-disks', 'delete disks', 'POST', '/v1/storages/delete'),
  deleteAddresses: change('delete-public-ips', 'delete public IPs', 'POST', '/v1/public_ips/delete'),
} as const satisfies Record<string, Endpoint>;

/** Calls about one thing; ids go into paths as they are, so only ids of the right form may come here. */
export const endpointsOf = {
  resources: (clusterId: string) =>
    read('list-resources', 'list what a cluster offers', `/v1/clusters/${clusterId}/resources`),
  interfaces: (vmId: string) => read('list-interfaces', 'list the network interfaces', `/v2/vms/${vmId}/interfaces`),
  renameVm: (id: string) => change('rename-vms', 'rename a VM', 'PATCH', `/v2/vms/${id}`),
  terminateVm: (id: string) => change('delete-vms', 'delete a VM', 'POST', `/v2/vms/${id}/terminate`),
  restartVm: (id: string) => change('restart-vm', 'restart a VM', 'POST', `/v2/vms/${id}/restart`),
  softRestartVm: (id: string) => change('soft-restart-vm', 'restart a VM', 'POST', `/v2/vms/${id}/softreboot`),
  attachSecurityGroup: (vmId: string, interfaceId: string) =>
    change('attach-security-group', 'open the ports', 'PATCH', `/v2/vms/${vmId}/interfaces/${interfaceId}`),
  deleteStorage: (id: string) => change('delete-disks', 'delete a disk', 'DELETE', `/v1/storages/${id}`),
  deleteAddress: (id: string) => change('delete-public-ips', 'delete a public IP', 'DELETE', `/v1/public_ips/${id}`),
  removeKey: (id: string) => change('remove-key', 'remove the SSH key', 'DELETE', `/v1/ssh_keys/${id}`),
};

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The endpoint with a query; lists are written `status[0]=launched`, with bare brackets, as the service reads them. */
export function withQuery(endpoint: Endpoint, query: Query): Endpoint {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (typeof value !== 'object') parts.push(`${name}=${encodeURIComponent(String(value))}`);
    else value.forEach((entry, index) => parts.push(`${name}[${index}]=${encodeURIComponent(entry)}`));
  }
  return parts.length === 0 ? endpoint : { ...endpoint, path: `${endpoint.path}?${parts.join('&')}` };
}
