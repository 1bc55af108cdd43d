import type { KnownCompany } from './request-context.ts'

/** What the router knows of companies, kept for seconds: the database says again with each request whether one is active. */
export interface CompanyDirectory {
  /** @throws DBS-1203 there is no such company, DBS-2104 PostgreSQL does not answer and it is not known */
  find(company: string): Promise<KnownCompany> | KnownCompany
  close(): Promise<void>
}
