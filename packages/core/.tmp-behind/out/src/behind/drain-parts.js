export {};
//# sourceMappingURL=drain-parts.js.map