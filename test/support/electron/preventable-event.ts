/** Electron's event objects, as far as they are used: the default can be prevented while listeners run. */
export class PreventableEvent {
  defaultPrevented = false;

  preventDefault(): void {
    this.defaultPrevented = true;
  }

  /** An event with `fields` as Electron has them on it. */
  static with<Fields extends object>(fields: Fields): PreventableEvent & Fields {
    return Object.assign(new PreventableEvent(), fields);
  }
}
