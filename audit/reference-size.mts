/** Settings with which dev is as large as the reference: fewer things have fewer findings, and other differences. */
export const referenceSize = { natStrategy: "perZone", mwaaClass: "mw1.small" };
