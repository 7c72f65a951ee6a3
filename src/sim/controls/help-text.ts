// The plain-text page that explains the sandbox's controls to whoever opens them by hand. Words only.

const COMMON = `The API stands at this address, as the real one documents it; send its key as KEYS.
Requests in absolute form (http://<public IP of a VM>:<port>/<path>) are answered for the VM, as by a forward proxy.

Controls, in JSON, without a key. Instants are ISO 8601 in UTC or offsets from now (+2h15m, -3h); durations 90s, 15m, 24h, 7d.

GET    /_sandbox/clock          {now, nowMillis, speed, nextEventAt}
POST   /_sandbox/clock          {"advanceTo": "2026-11-20T18:00:00Z"} | {"advanceBy": "15m"} | {"speed": 3600}
GET    /_sandbox/books          the sandbox's own accounting: creates, VMs, charges, deletes, money, calls by route
GET    /_sandbox/faults         what is wrong at present, and how often it struck
POST   /_sandbox/faults         {"latencyMillis": 50, "ratePerSecond": 10, "dateSkewMillis": 0, "rules": [RULE]} or one RULE:
                                {"match": {"method": "POST", "path": "CREATE"}, "nth": 1, "count": 1, "delayMillis": 0,
                                 "effect": {"kind": "lose-answer"}}     count 0: every call
         effect.kind            answer {status, body, headers, retryAfter, afterEffect}, drop, lose-answer, hang {afterEffect},
                                cut-body {share, cutConnection}, partial-list {share | missing}, never-active, pass,
                                late-create {after, status, body | then: drop | hang}
DELETE /_sandbox/faults         all is well again
POST   /_sandbox/vms/terminate  {"name": "web-*"} | {"id": "ID"} | {"prefix": "web-"}     the provider ends them
POST   /_sandbox/vms/app        {"name": "ci-build-07", "path": "/status", "body": {"busy": false}}
                                or "answers": [{"from": "+1h", "body": {"busy": false}}, ...]
POST   /_sandbox/balance        {"set": "1000"} | {"add": "-5"}
`;

const MARKETPLACE = `POST   /_sandbox/vms            {"name": "ci-build-07", "country": "FR", "paidUntil": "+2h", "state": "active"}
                                with "count": 3 they are ci-build-07-1, -2 and -3
POST   /_sandbox/offers         {"country": "FR", "configuration": "...", "price": "0.4", "capacity": 0}
`;

const CLOUD = `POST   /_sandbox/vms            {"name": "ci-build-07", "country": "FR", "cluster": "paris-1", "configuration": "...",
                                 "state": "launched", "paidUntil": "+20m", "bootDiskGb": 25, "dataDisksGb": [100]}
                                with "count": 3 they are ci-build-07-1, -2 and -3
POST   /_sandbox/storages       {"name": "old-data", "country": "FR", "volumeGb": 100, "createdAt": "-90d", "count": 1}
POST   /_sandbox/public_ips     {"name": "old-ip", "country": "FR", "createdAt": "-90d", "count": 1}
POST   /_sandbox/offers         {"country": "FR", "cluster": "paris-1", "configuration": "...", "price": "0.02", "capacity": 0,
                                 "storagePricePerGb": "0.0002", "storageFreeGb": 0, "publicIpPrice": "0.01", "publicIpsFree": 0}
`;

export function buildHelpText(product: 'marketplace' | 'cloud'): string {
  const start = `Purser's sandbox: a simulated Fluence ${product}. Nothing here costs money.\n\n`;
  const words =
    product === 'cloud'
      ? { keys: '`X-API-KEY` or `Authorization: X-API-KEY`', create: '/v2/vms', id: '3fa85f64-...', more: CLOUD }
      : { keys: '`X-API-KEY` or `Authorization: Bearer`', create: '/vms/v3', id: '0x...', more: MARKETPLACE };
  const common = COMMON.replace('KEYS', words.keys).replace('CREATE', words.create).replace('"ID"', `"${words.id}"`);
  return start + common + words.more;
}
