// [data-jump]: a link to a place of a long page, there while that place is out of sight.
export const jumps = {
  enhance(root) {
    for (const link of root.querySelectorAll("[data-jump]")) {
      const place = document.querySelector(link.getAttribute("href"));
      if (!place) continue;
      new IntersectionObserver(([seen]) => { link.hidden = seen.isIntersecting; }).observe(place);
    }
  },
};
