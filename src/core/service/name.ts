/** Whether it can name a service: as the database's own check of `dbsvc.services` has it. */
export const isServiceName = (text: string): boolean => /^[a-z][a-z0-9-]{0,62}$/.test(text)
