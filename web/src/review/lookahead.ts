// The items after the one on the screen, fetched with their first image before they are wanted. Holds two, whatever the length
// of the queue; what was left behind is forgotten.
import { type ReviewAnswer, get, paths } from "../api";
import { preload } from "../image/image_store";

const kAhead = 2;

export class Lookahead {
  private coming = new Map<string, Promise<ReviewAnswer>>();
  private arrived = new Map<string, ReviewAnswer>();

  constructor(private readonly queue: string, private readonly order: string) {}

  // What comes first in the queue, or one document by its id.
  first(document: string | null): Promise<ReviewAnswer> {
    return document ? this.load(document, false) : get<ReviewAnswer>(paths.nextReview(this.queue, this.order));
  }

  // The next is known by its id: what is being stored about the one before cannot bring it back.
  next(of: ReviewAnswer): ReviewAnswer | Promise<ReviewAnswer> {
    if (of.item) this.forget(of.item.document.id);
    if (of.next) return this.arrived.get(of.next) ?? this.load(of.next, false);
    return get<ReviewAnswer>(paths.nextReview(this.queue, this.order, of.item?.document.id));
  }

  fetchAfter(of: ReviewAnswer, depth = kAhead): void {
    if (!of.next || depth === 0) return;
    this.load(of.next, true).then((answer) => {
      preload(answer.item?.pages[0]);
      this.fetchAfter(answer, depth - 1);
    }, () => {});
  }

  forget(document: string): void {
    this.coming.delete(document);
    this.arrived.delete(document);
  }
  forgetAll(): void {
    this.coming.clear();
    this.arrived.clear();
  }

  private load(document: string, background: boolean): Promise<ReviewAnswer> {
    const known = this.coming.get(document);
    if (known) return known;
    const coming = get<ReviewAnswer>(paths.reviewItem(document, this.queue, this.order), { background });
    this.coming.set(document, coming);
    coming.then((answer) => { if (this.coming.get(document) === coming) this.arrived.set(document, answer); }, () => this.coming.delete(document));
    return coming;
  }
}
