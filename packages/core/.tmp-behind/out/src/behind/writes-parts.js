export {};
//# sourceMappingURL=writes-parts.js.map