import { describe, expect, test } from 'vitest'
import { renderNoRights, renderRights } from '../../../../src/engines/dragonfly/acl/rights.ts'
import { grantsOf, parseUser } from '../../../../src/engines/dragonfly/acl/user.ts'
import { faultsOf } from '../../../../src/engines/dragonfly/doctor/users.ts'

const dialect = { commands: ['get', 'set'], selectors: false }
const sha256OfSecret = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'

/** As DragonflyDB 1.40 answers: its source, AclFamily::GetUser, writes lists as text and hashes cut at 15 characters. */
const ofDragonfly = [
  ...['flags', ['on']],
  ...['passwords', `#${sha256OfSecret.slice(0, 15)}`],
  ...['commands', '-@all +get +set'],
  ...['keys', '~t:abc:*'],
  ...['channels', 'resetchannels &t:abc:*'],
]

const ofValkey = [
  ...['flags', ['on', 'sanitize-payload']],
  ...['passwords', [sha256OfSecret]],
  ...['commands', '-@all +get +set'],
  ...['keys', '~t:abc:*'],
  ...['channels', '&t:abc:*'],
  ...['databases', 'alldbs'],
  ...['selectors', []],
]

describe('reading ACL GETUSER', () => {
  test.each([
    ['DragonflyDB', ofDragonfly, sha256OfSecret.slice(0, 15), null],
    ['Valkey', ofValkey, sha256OfSecret, 0],
  ])('of %s', (_name, reply, hash, selectors) => {
    expect(parseUser(reply)).toEqual({
      isOn: true,
      needsPassword: true,
      passwords: [hash],
      commands: ['-@all', '+get', '+set'],
      keys: ['~t:abc:*'],
      channels: ['&t:abc:*'],
      selectors,
    })
  })

  test('a user without keys, channels and passwords, whose lists are empty here and words there', () => {
    const reply = ['flags', ['off'], 'passwords', [], 'commands', '-@all', 'keys', [], 'channels', 'resetchannels']
    expect(parseUser(reply)).toMatchObject({ isOn: false, passwords: [], keys: [], channels: [], selectors: null })
  })

  test('nobody', () => {
    expect(parseUser(null)).toBeNull()
  })
})

describe('what is granted in the end', () => {
  const granted = (commands: string): string[] => [
    ...grantsOf({
      isOn: true,
      needsPassword: true,
      passwords: [],
      keys: [],
      channels: [],
      selectors: null,
      commands: commands.split(' '),
    }),
  ]

  test.each([
    ['-@all +get +set', ['+get', '+set']],
    // DragonflyDB remembers what was granted before.
    ['+scan +@all -@all +get', ['+get']],
    ['+@ALL', ['+@all']],
    ['allcommands', ['+@all']],
    ['-@all +get +set -get', ['+set']],
    ['-@all +get -@fast', ['+get', '-@fast']],
    ['-@all +config|get', ['+config|get']],
  ])('%s', (commands, expected) => {
    expect(granted(commands)).toEqual(expected)
  })
})

describe('what a user should be', () => {
  const faults = (change: object): string[] => {
    const user = parseUser(ofDragonfly)
    if (user === null) throw new Error('it is one')
    return faultsOf({ ...user, ...change }, 'abc', 'secret', dialect)
  }

  test('nothing is wrong with one that is so, on a server that shows the beginning of hashes only', () => {
    expect(faults({})).toEqual([])
  })

  test.each([
    ['another password', { passwords: ['0'.repeat(15)] }, ['has another password than dbsvc gave it']],
    ['no password at all', { passwords: [] }, ['has another password than dbsvc gave it']],
    ['a hash too short to tell', { passwords: ['2b'] }, ['has another password than dbsvc gave it']],
    ['two passwords', { passwords: [sha256OfSecret, 'x'] }, ['has 2 passwords']],
    ['any password', { needsPassword: false }, ['needs no password']],
    ['too many keys', { keys: ['~*', '~t:abc:*'] }, ['reaches keys ~*']],
    ['reading only', { keys: ['%R~t:abc:*'] }, ['reaches keys %R~t:abc:*', 'does not reach its own keys']],
    ['a selector', { selectors: 1 }, ['has selectors']],
    ['too much and too little', { commands: ['+get', '+@admin'] }, ['may besides +@admin', 'lacks +set']],
  ])('%s', (_what, change, expected) => {
    expect(faults(change)).toEqual(expected)
  })
})

describe('rules', () => {
  test('of a company use no word that DragonflyDB does not know', () => {
    const rules = renderRights('abc', 'secret', dialect, 'on')
    expect(rules).toEqual([
      ...['on', 'resetpass', '>secret', 'resetkeys', '~t:abc:*', 'resetchannels', '&t:abc:*'],
      ...['-@all', '+get', '+set'],
    ])
  })

  test('say neither on nor off when that shall stay', () => {
    expect(renderRights('abc', 'secret', dialect)[0]).toBe('resetpass')
  })

  test('selectors go where there are such', () => {
    expect(renderRights('abc', 'secret', { ...dialect, selectors: true }, 'on')).toContain('clearselectors')
    expect(renderNoRights({ ...dialect, selectors: true })).toContain('clearselectors')
  })

  test('of nobody end with what closes connections of DragonflyDB', () => {
    expect(renderNoRights(dialect)).toEqual(['off', '-@all', 'resetkeys', 'resetchannels'])
  })
})
