// The policy that `purser init` writes. Text only; a test holds it against the checks.

/** Small and cheap, and understood by the sandbox as it stands. */
export const firstPolicy = `# yaml-language-server: $schema=./policy.schema.json
# Your first policy. Try \`purser validate\` and \`purser plan\`: neither changes anything.
kind: fleet
name: web                 # begins the name of each of its VMs; 1 to 12 of a-z, 0-9 and -
replicas: 1               # so many are kept running
where:
  countries: [FR]         # \`purser offers\` shows what is for rent, and where
  minimum: {vcpu: 2, ramGb: 4, storageGb: 25}
  maxPrice: 0.50/day      # USDC per VM; nothing dearer is ever bought
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
