import { createHash, createHmac } from 'node:crypto'
import {
  checkIn,
  databaseCheck,
  expiryCheck,
  modeCheck,
  retirementCheck,
  sessionCheck,
  signatureCheck,
  stateCheck,
} from '../runner/mechanism.ts'
import { leakedKey } from '../runner/scene.ts'
import type { Kit, Technique } from '../runner/technique.ts'

const read = 'select * from public.notes'
const enter = (token: string): readonly string[] => ['begin', `select dbsvc.enter('${token}')`, read]
const place = (token: string): readonly string[] => [
  'begin',
  `set local app.context = '${token}'`,
  `set local app.current_company_id = 'company_xyz'`,
  read,
]
const victim = { company: 'company_xyz' }
const bodyOf = (token: string): string => token.slice(0, token.lastIndexOf('.'))
const signatureOf = (token: string): string => token.slice(token.lastIndexOf('.') + 1)
/** A body for the victim, with whatever stands for its signature. */
const forged = (kit: Kit, sign: (body: string) => string): string => {
  const body = bodyOf(kit.token()).replace('.company_abc.', '.company_xyz.')
  return `${body}.${sign(body)}`
}
const common = {
  entry: 'shared role',
  entered: false,
  secret: 'rows of the victim',
  success: 'canary',
  honest: read,
} as const

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'forge a token',
    refusal: /^42501 forged context/,
    mechanism: signatureCheck,
    variants: {
      'signed with zeros': (kit) => enter(kit.token(victim, {}, { keyId: kit.key.keyId, secret: Buffer.alloc(32) })),
      'signed with the id of the key': (kit) =>
        enter(forged(kit, (body) => createHmac('sha256', kit.key.keyId).update(body).digest('hex'))),
      'signed without a key': (kit) => enter(forged(kit, (body) => createHash('sha256').update(body).digest('hex'))),
      'with the signature of an own token': (kit) => enter(forged(kit, () => signatureOf(kit.token()))),
      'without signature': (kit) => enter(forged(kit, () => '')),
      'with half a signature': (kit) => enter(kit.token(victim).slice(0, -32)),
      'with a signature that is longer': (kit) => enter(`${kit.token(victim)}00`),
      'with a signature in capitals': (kit) =>
        enter(`${bodyOf(kit.token(victim))}.${signatureOf(kit.token(victim)).toUpperCase().replace(/^/, 'F')}`),
      'with a wildcard for a signature': (kit) => enter(forged(kit, () => '%')),
      'put in place without entering': (kit) => place(forged(kit, () => signatureOf(kit.token()))),
      'put in place with another company behind it': (kit) => place(forged(kit, () => '0'.repeat(64))),
    },
  },
  {
    ...common,
    name: 'use a key that is not there',
    refusal: /^42501 unknown context key/,
    mechanism: checkIn(
      'check that the key is there',
      'dbsvc.verify(text, boolean)',
      / {2}if not found[\s\S]*?end if;\n/,
    ),
    variants: {
      'of another name': (kit) => enter(kit.token(victim, {}, { keyId: 'nokey', secret: Buffer.alloc(32) })),
      'of a name in SQL': (kit) => enter(kit.token(victim, {}, { keyId: 'leaked or true', secret: Buffer.alloc(32) })),
      'put in place': (kit) => place(kit.token(victim, {}, { keyId: 'nokey', secret: Buffer.alloc(32) })),
    },
  },
  {
    ...common,
    name: 'use a key that was retired',
    refusal: /^42501 unknown context key/,
    mechanism: retirementCheck,
    variants: {
      entering: (kit) => enter(kit.token(victim, {}, leakedKey)),
      'put in place': (kit) => place(kit.token(victim, {}, leakedKey)),
    },
  },
  {
    ...common,
    name: 'replay a token of another session',
    refusal: /^42501 context of another session/,
    mechanism: sessionCheck,
    variants: {
      entering: (kit) => enter(kit.token(victim, { backendPid: 1 })),
      'put in place': (kit) => place(kit.token(victim, { backendPid: 1 })),
      'for reading': (kit) => [
        'begin read only',
        ...place(kit.token({ ...victim, mode: 'read' }, { backendPid: 1 })).slice(1),
      ],
    },
  },
  {
    ...common,
    name: 'use a token that has expired',
    refusal: /^42501 expired context/,
    mechanism: expiryCheck,
    variants: {
      'a moment ago': (kit) => enter(kit.token(victim, { expiresAtMs: Date.now() - 1_000 })),
      'long ago': (kit) => enter(kit.token(victim, { expiresAtMs: 1 })),
      'put in place': (kit) => place(kit.token(victim, { expiresAtMs: Date.now() - 1_000 })),
    },
  },
  {
    ...common,
    name: 'use a token of another database',
    refusal: /^42501 context of another database/,
    mechanism: databaseCheck,
    variants: {
      'of the maintenance database': (kit) => enter(kit.token(victim, { database: 'postgres' })),
      'of a name that begins alike': (kit) => enter(kit.token(victim, { database: 'test' })),
      'put in place': (kit) => place(kit.token(victim, { database: 'template1' })),
    },
  },
  {
    ...common,
    name: 'write with a token for reading',
    secret: 'that a row of the victim changes',
    refusal: /^42501 context for reading/,
    mechanism: modeCheck,
    success: { effect: `select from public.notes where company_id = 'company_xyz' and text = 'written'` },
    variants: {
      update: (kit) => [
        ...place(kit.token({ ...victim, mode: 'read' })).slice(0, 3),
        `update public.notes set text = 'written'`,
      ],
      insert: (kit) => [
        ...place(kit.token({ ...victim, mode: 'read' })).slice(0, 3),
        `insert into public.notes values ('company_xyz', 77, 'written')`,
      ],
    },
  },
  {
    ...common,
    name: 'enter as a company that is suspended',
    secret: 'service in spite of the suspension',
    refusal: /^42501 company frozen_co is suspended/,
    mechanism: stateCheck,
    success: 'runs',
    variants: {
      reading: (kit) => [
        'begin',
        `select dbsvc.enter('${kit.token({ company: 'frozen_co' })}')`,
        'select count(*) from users',
      ],
      writing: (kit) => [
        'begin',
        `select dbsvc.enter('${kit.token({ company: 'frozen_co' })}')`,
        `insert into users (user_id, email, subscription_tier) values ('u', 'u@x', 'free')`,
      ],
    },
  },
]
