import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// Cloudscape brings its web fonts as data in its styles: a third of a megabyte, none of it Japanese, and the
// policy of content allows no font that is not a file of ours. The fonts of the system take their place.
function noWebFonts(): Plugin {
  return {
    name: "no-web-fonts",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith(".css") || !id.includes("@cloudscape-design")) return null;
      return { code: code.replaceAll(/@font-face\s*\{[^}]*\}/g, ""), map: null };
    },
  };
}

// On a telephone Cloudscape gives its navigation an attribute that only toolbars may have.
function mended(): Plugin {
  const file = "app-layout/visual-refresh/mobile-toolbar.js";
  const wrong = '"aria-orientation": "horizontal", className: clsx(styles[\'mobile-toolbar-nav\']';
  let found = false;
  return {
    name: "mended",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith(file)) return null;
      found = code.includes(wrong);
      return { code: code.replace(wrong, wrong.slice(wrong.indexOf("className"))), map: null };
    },
    buildEnd(error) {
      if (!error && !found) this.error(`${file} is another than the one that is mended here`);
    },
  };
}

// The licences of what others wrote go where their work goes.
function licences(): Plugin {
  return {
    name: "licences",
    generateBundle(_, bundle) {
      const folders = new Set<string>();
      for (const item of Object.values(bundle)) {
        if (item.type !== "chunk") continue;
        for (const id of item.moduleIds) {
          const folder = /^.*\/node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(id.replace(/^\0/, ""));
          if (folder) folders.add(folder[0]);
        }
      }
      const texts = [...folders].map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        const files = readdirSync(folder).filter((f) => /^(licen[cs]e|notice)/i.test(f)).sort();
        return [`${name} ${version}: ${license}`, ...files.map((f) => readFileSync(join(folder, f), "utf8").trim())].join("\n\n");
      });
      const source = texts.sort().join(`\n\n${"-".repeat(80)}\n\n`) + "\n";
      this.emitFile({ type: "asset", fileName: "licences.txt", source });
    },
  };
}

// What is large goes into the program as gzip, as it goes to browsers.
function packed(): Plugin {
  return {
    name: "packed",
    // Not before they are written: Vite still changes them until then.
    writeBundle({ dir }, bundle) {
      if (dir === undefined) throw new Error("there is no folder to pack");
      for (const name of Object.keys(bundle).filter((n) => /\.(js|css|txt)$/.test(n))) {
        const file = join(dir, name);
        const small = gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION });
        small[9] = 255; // the system on which it was made: unknown
        writeFileSync(file + ".gz", small);
        rmSync(file);
      }
    },
  };
}

export default defineConfig({
  plugins: [noWebFonts(), mended(), licences(), packed()],
  test: { environment: "jsdom", include: ["test/**/*.test.{ts,tsx}"] },
  build: {
    outDir: "../internal/web/ui/dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      // "use client" means something to servers that render React; there is none.
      onLog: (level, log, next) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") next(level, log);
      },
      output: {
        hashCharacters: "base36",
        codeSplitting: {
          // What others wrote changes rarely, and stays in caches and in the history of the repository.
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: "cloudscape", test: /\/node_modules\//, tags: ["$initial"] },
            // What comes when it is wanted: charts, forms, and Cloudscape's messages, one language of which is.
            { name: "late", test: /\/node_modules\//, entriesAware: true, entriesAwareMergeThreshold: 20_000 },
          ],
        },
      },
    },
  },
});
