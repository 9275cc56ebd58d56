export {};
//# sourceMappingURL=write-log.js.map