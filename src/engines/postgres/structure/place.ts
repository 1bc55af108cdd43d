import { placeOf } from '../../../core/company/id.ts'

/** The schemas whose structure is looked at as one. */
export interface StructurePlace {
  /** '' for the shared scope. */
  readonly company: string
  /** The schema that migrations of the scope work in. */
  readonly home: string
  /** The schema with the tables of its time series; it need not exist. */
  readonly hidden: string
}

export const companyPlace = (company: string): StructurePlace => ({
  company,
  home: placeOf(company),
  hidden: `private_${company}`,
})

export const sharedPlace: StructurePlace = { company: '', home: 'public', hidden: 'private_shared' }
