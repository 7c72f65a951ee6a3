// URLs of probes: what a VM's facts may change in them, and which targets are never asked.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTarget, isLocalAddress } from '../../src/signals/target-url.js';

const vm = { id: '0xAb12', name: 'ci-build-07', publicIp: '154.42.3.7' };

function urlOf(template: string, change: Partial<typeof vm> = {}): string {
  const target = buildTarget(template, { ...vm, ...change });
  return 'url' in target ? target.url.href : target.problem;
}

describe('a target', () => {
  it.each([
    ['http://{vm.publicIp}:8080/status', {}, 'http://154.42.3.7:8080/status'],
    ['http://{vm.publicIp}:8080/status', { publicIp: '2001:db8::7' }, 'http://[2001:db8::7]:8080/status'],
    ['http://[{vm.publicIp}]:8080/', { publicIp: '2001:db8::7' }, 'http://[2001:db8::7]:8080/'],
    ['https://{vm.name}.ci.example/x', {}, 'https://ci-build-07.ci.example/x'],
    [
      'http://m.example/{vm.id}?name={vm.name}',
      { name: 'a b&c=/d?e#f' },
      'http://m.example/0xAb12?name=a%20b%26c%3D%2Fd%3Fe%23f',
    ],
    ['http://m.example?ip={vm.publicIp}', { publicIp: '2001:db8::7' }, 'http://m.example/?ip=2001%3Adb8%3A%3A7'],
  ])('of %s with %j is %s', (template, change, url) => {
    expect(urlOf(template, change)).toBe(url);
  });

  it.each([
    ['http://{vm.publicIp}/', { publicIp: undefined }, 'it has no address yet'],
    ['http://{vm.publicIp}/', { publicIp: 'evil.example/#' }, "its publicIp can't stand in the url"],
    ['http://{vm.name}/', { name: 'a@evil.example' }, "its name can't stand in the url"],
    ['http://m.example/{vm.name}', { name: '' }, 'it has no name'],
    ['http://m.example/a/{vm.name}', { name: '..' }, "its name can't stand in the url"],
    ['http://m.example/a/{vm.name}', { name: 'a\ud800' }, "its name can't stand in the url"],
    ['ftp://{vm.publicIp}/', {}, 'the url is not http or https'],
    ['http://', {}, 'the url is not one'],
  ])('of %s with %j is none: %s', (template, change, problem) => {
    expect(urlOf(template, change as Partial<typeof vm>)).toBe(problem);
  });

  it('never leaves its host and port, whatever the VM is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (name) => {
        fc.pre(name !== '.' && name !== '..');
        const target = buildTarget('http://m.example:81/a/{vm.name}?q={vm.name}', { ...vm, name });
        if (!('url' in target)) throw new Error(target.problem);
        expect(target.url.host).toBe('m.example:81');
        expect(target.url.username).toBe('');
        expect(target.url.pathname.split('/')).toHaveLength(3);
        expect(target.url.searchParams.get('q')).toBe(name);
      }),
    );
  });
});

describe('local addresses', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '169.254.169.254',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
  ])('%s is one', (address) => {
    expect(isLocalAddress(address)).toBe(true);
  });

  it.each(['154.42.3.7', '10.0.0.1', '2001:db8::7', '::ffff:154.42.3.7', 'm.example', ''])('%j is none', (address) => {
    expect(isLocalAddress(address)).toBe(false);
  });
});
