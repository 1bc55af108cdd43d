import { findHalfMade } from '../../../engines/postgres/doctor/companies.ts'
import { defineCheck } from '../check.ts'

export const companies = defineCheck({
  id: 'companies',
  engine: 'postgres',
  needs: 'control',
  summary: 'every company is whole, and every schema of one has its company',
  findings: {
    'company-half-provisioned': {
      severity: 'error',
      means: 'Creating it was cut off: its requests are refused, and part of its tables may be missing.',
    },
    'company-half-dropped': {
      severity: 'error',
      means: 'Dropping it was cut off: its requests are refused, and part of its data is still there.',
    },
    'company-without-schema': {
      severity: 'error',
      means: 'It is registered and has no place to keep anything: its requests fail, and so do its migrations.',
    },
    'company-without-target': {
      severity: 'error',
      means: 'Migrations pass it by, because nothing says where it stands.',
    },
    'company-without-role': {
      severity: 'error',
      means: 'It was given a LOGIN role of its own, which is gone: its direct access is refused.',
    },
    'schema-without-company': {
      severity: 'warning',
      means: 'Nobody migrates, protects or drops it, and creating a company of that name is refused.',
    },
  },
  async look({ session, facts }) {
    const found = await findHalfMade((await session()).client)
    facts.companies = found.companies
    return [
      ...found.provisioning.map((company) => ({
        id: 'company-half-provisioned' as const,
        message: `company ${company} is provisioning, and nobody is at it`,
        mend: `dbsvc tenant create ${company}, or dbsvc tenant drop ${company} --confirm ${company}`,
      })),
      ...found.dropping.map((company) => ({
        id: 'company-half-dropped' as const,
        message: `company ${company} is dropping, and nobody is at it`,
        mend: `dbsvc tenant drop ${company} --confirm ${company}`,
      })),
      ...found.withoutSchema.map((company) => ({
        id: 'company-without-schema' as const,
        message: `company ${company} has no schema tenant_${company}`,
        mend: `restore the schema from a backup, or dbsvc tenant drop ${company} --confirm ${company}`,
      })),
      ...found.withoutTarget.map((company) => ({
        id: 'company-without-target' as const,
        message: `company ${company} is not in dbsvc.targets`,
        mend: null,
      })),
      ...found.withoutRole.map(({ company, role }) => ({
        id: 'company-without-role' as const,
        message: `company ${company} has no role ${role}`,
        mend: null,
      })),
      ...found.schemas.map((schema) => ({
        id: 'schema-without-company' as const,
        message: `schema ${schema} belongs to no company`,
        mend: `drop schema ${schema} cascade, once nobody needs what is in it`,
      })),
    ]
  },
})
