/** Names that begin so belong to dbsvc doctor and dbsvc serve, which probe the isolation with them and drop them; nobody is shown one. */
export const probePrefix = 'doctor_probe_'

export const isProbe = (company: string): boolean => company.startsWith(probePrefix)
