// What axe-core finds in a page.

import axe from "axe-core";

/**
 * All that it finds wrong in the page as it stands, its frames included, with all its rules, in a light and in a dark scheme of colours: scheme,
 * rule, and elements. What it cannot decide by itself is left out.
 */
export async function findings(page) {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    // Colours on their way from the one to the other would be measured otherwise.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const frame of page.frames()) {
      const { violations, passes } = await frame.evaluate(`(() => { const module = undefined; ${axe.source}; return axe.run(document, { iframes: false }); })()`);
      if (passes.length === 0) found.push(`${colorScheme}: nothing was looked at`);
      for (const { id, nodes } of violations) found.push(`${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    }
  }
  return found;
}
