import type { Rule } from '../rule.ts'
import { automaticTenants } from './automatic-tenants.ts'
import { classOfCompany } from './class-of-company.ts'
import { classRemoved } from './class-removed.ts'
import { malformed } from './malformed.ts'
import { noWayDown } from './no-way-down.ts'
import { notInPlace } from './not-in-place.ts'
import { otherDistance } from './other-distance.ts'
import { propertyRemoved } from './property-removed.ts'
import { withoutAlias } from './without-alias.ts'
import { withoutTenants } from './without-tenants.ts'

/** Every rule, by id. docs/weaviate.md has a line for each. */
export const rules: readonly Rule[] = [
  automaticTenants,
  classOfCompany,
  classRemoved,
  malformed,
  noWayDown,
  notInPlace,
  otherDistance,
  propertyRemoved,
  withoutAlias,
  withoutTenants,
]
