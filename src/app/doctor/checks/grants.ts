import { readGrants, revokeFromPublic } from '../../../engines/postgres/doctor/grants.ts'
import { defineCheck } from '../check.ts'

export const grants = defineCheck({
  id: 'grants',
  engine: 'postgres',
  needs: 'control',
  summary: 'nothing of dbsvc or of a company is granted to everybody, and companies are granted rows only',
  findings: {
    'own-object-public': {
      severity: 'error',
      means: 'Every role of the database can read the registry of companies, or call what only dbsvc is meant to call.',
      fix: 'asked',
    },
    'object-public': {
      severity: 'error',
      means: 'Every role of the database has that right, those of other applications included.',
    },
    'default-public': {
      severity: 'warning',
      means: 'Whatever the next migration creates is granted to every role of the database.',
    },
    'grant-beyond-rows': {
      severity: 'error',
      means:
        'Row security does not hold for TRUNCATE, triggers, foreign keys, sequences and what is created anew, and a right that can be passed on ends up anywhere.',
    },
  },
  async look({ session }) {
    const open = await session()
    const { own, others, defaults, beyond } = await readGrants(open.client)
    return [
      ...own.map(({ kind, name, privilege }) => ({
        id: 'own-object-public' as const,
        message: `${privilege} on ${kind} ${name} is granted to PUBLIC`,
        mend: `revoke all on ${kind} ${name} from public`,
        fix: () => revokeFromPublic(open.client, { kind, name }),
      })),
      ...others.map(({ kind, name, privilege }) => ({
        id: 'object-public' as const,
        message: `${privilege} on ${kind} ${name} is granted to PUBLIC`,
        mend: `revoke all on ${kind} ${name} from public`,
      })),
      ...defaults.map(({ role, schema, kind, privilege }) => ({
        id: 'default-public' as const,
        message: `new ${kind} of ${role}${schema === null ? '' : ` in ${schema}`} grant ${privilege} to PUBLIC`,
        mend: `alter default privileges for role ${role}${schema === null ? '' : ` in schema ${schema}`} revoke all on ${kind} from public`,
      })),
      ...beyond.map(({ kind, name, privilege, role }) => ({
        id: 'grant-beyond-rows' as const,
        message: `${role} has ${privilege} on ${kind} ${name}`,
        mend: `revoke ${privilege.replace(/^(\w+) with grant option$/, 'grant option for $1')} on ${kind} ${name} from ${role}`,
      })),
    ]
  },
})
