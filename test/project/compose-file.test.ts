// docker-compose.yml and the Dockerfile name only commands, variables and files that really exist.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../src/cli/commands.js';
import { readOption } from '../../src/config/option-values.js';
import { listOptions } from '../../src/config/options.js';

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly (string | { source: string; target: string; read_only: boolean })[];
  readonly stop_grace_period: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly deploy?: { readonly replicas: number | string };
  readonly secrets?: readonly string[];
}

const text = readFileSync('docker-compose.yml', 'utf8');
const file = parse(text, { merge: true }) as {
  services: Readonly<Record<string, Service>>;
  secrets: Readonly<Record<string, { environment: string }>>;
  volumes: Readonly<Record<string, unknown>>;
};
const { redis, scheduler, worker } = file.services;
const purserServices = Object.entries(file.services).filter(([name]) => name !== 'redis');
const variables = new Map(listOptions().map((row) => [row.variable, row]));

describe('docker-compose.yml', () => {
  it('runs Redis as Purser needs it: kept on disk, nothing evicted, watched', () => {
    expect(redis!.command.join(' ')).toContain('--appendonly yes');
    expect(redis!.command.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(redis!.healthcheck?.test).toEqual(['CMD', 'redis-cli', 'ping']);
    expect(redis!.volumes).toEqual(['redis:/data']);
    expect(file.volumes).toHaveProperty('redis');
    expect(redis).not.toHaveProperty('ports');
  });

  it('runs two schedulers and as many workers as asked for', () => {
    expect(purserServices.map(([name]) => name)).toEqual(['scheduler', 'worker']);
    expect(scheduler!.deploy?.replicas).toBe(2);
    expect(worker!.deploy?.replicas).toBe('${WORKERS:-2}');
  });

  it.each(purserServices)('%s runs a command that there is', (_, service) => {
    expect(commands.map((command) => command.name)).toContain(service.command[0]);
  });

  it.each(purserServices)('%s names only variables of the option table, with values that can be read', (_, service) => {
    for (const [name, value] of Object.entries(service.environment ?? {})) {
      const row = variables.get(name);
      expect(row, name).toBeDefined();
      if (value.startsWith('${')) expect(value).toBe(`\${${name}:-}`);
      else expect(readOption(row!, value), name).toHaveProperty('value');
    }
  });

  it('takes from outside only variables of the option table, and the number of workers', () => {
    const outside = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name!);
    expect(outside.filter((name) => name !== 'WORKERS' && !variables.has(name))).toEqual([]);
  });

  it.each(purserServices)('%s gets the key as a secret, waits for Redis, and has time to end', (_, service) => {
    expect(service.environment).not.toHaveProperty('FLUENCE_API_KEY');
    const [secret] = service.secrets ?? [];
    expect(service.environment?.['FLUENCE_API_KEY_FILE']).toBe(`/run/secrets/${secret}`);
    expect(variables.has(file.secrets[secret!]!.environment)).toBe(true);
    expect(service.depends_on).toEqual({ redis: { condition: 'service_healthy' } });
    expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThan(10);
  });

  it.each(purserServices)('%s can read policies and configuration and can not write them', (_, service) => {
    expect(service.volumes).toMatchObject([
      { source: './policies', target: '/purser/policies', read_only: true },
      { source: './purser.yaml', target: '/purser/purser.yaml', read_only: true },
    ]);
  });
});

describe('the Dockerfile', () => {
  const lines = readFileSync('Dockerfile', 'utf8').split('\n');

  it('copies only what is there and what .dockerignore lets through', () => {
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect(existsSync(path), path).toBe(true);
      expect(ignored).toContain(`!${path}`);
    }
  });

  it('sets only variables of the option table beside NODE_ENV', () => {
    const set = lines.filter((line) => line.startsWith('ENV ')).flatMap((line) => line.slice(4).split(' '));
    const names = set.map((pair) => pair.split('=')[0]!);
    expect(names.filter((name) => name !== 'NODE_ENV' && !variables.has(name))).toEqual([]);
  });

  it('does not run as root', () => {
    expect(lines).toContain('USER node');
    expect(lines).toContain('ENTRYPOINT ["purser"]');
  });
});
