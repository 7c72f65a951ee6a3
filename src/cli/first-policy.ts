// The policy that `purser init` writes. Text only; a test holds it against the checks.
import type { Product } from '../core/types.js';

/** In the unit that the product charges by. */
const CAPS: Readonly<Record<Product, { readonly rate: string; readonly words: string; readonly about: string }>> = {
  marketplace: { rate: '0.50/day', words: '0.50 USDC a day', about: 'USDC per VM' },
  cloud: { rate: '0.021/hour', words: '0.021 USDC an hour', about: 'USDC per VM with its disks and address' },
};

/** `a first fleet: 1 VM in France for at most 0.50 USDC a day`. */
export function describeFirstPolicy(product: Product): string {
  return `a first fleet: 1 VM in France for at most ${CAPS[product].words}`;
}

/** Small and cheap, and understood by the sandbox as it stands. */
export function writeFirstPolicy(product: Product): string {
  const { rate, about } = CAPS[product];
  return `# yaml-language-server: $schema=./policy.schema.json
# Your first policy. Try \`purser validate\` and \`purser plan\`: neither changes anything.
kind: fleet
name: web                 # begins the name of each of its VMs; 1 to 12 of a-z, 0-9 and -
replicas: 1               # so many are kept running
where:
  countries: [FR]         # \`purser offers\` shows what is for rent, and where
  minimum: {vcpu: 2, ramGb: 4, storageGb: 25}
  maxPrice: ${rate.padEnd(14)}# ${about}; nothing dearer is ever bought
vm:
  image: ubuntu-24-04-x64 # \`purser images\` lists them
  sshKeys: [ops]          # a key of \`purser keys\`, a public key, or a file such as ~/.ssh/id_ed25519.pub
  ports: [80/tcp, 443/tcp] # beside 22/tcp, which is always open

# With a schedule, \`replicas\` is what is wanted outside its windows:
#
# schedule:
#   timezone: Europe/Paris
#   windows:
#     - {name: day, from: "0 8 * * MON-FRI", to: "0 20 * * MON-FRI", replicas: 3}
`;
}
