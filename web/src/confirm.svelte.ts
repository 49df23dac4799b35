// One question at a time, asked by anybody, shown by App.
export interface Question {
  title: string;
  text: string;
  // What is known only later; its line is kept free.
  more?: Promise<string>;
  // What it is about, one a line.
  names?: string[];
  confirm: string;
  // Where "Cancel" would read like what is asked for.
  dismiss?: string;
  danger?: boolean;
}

class Confirm {
  question = $state.raw<Question | null>(null);
  private resolve: ((yes: boolean) => void) | null = null;

  ask(question: Question): Promise<boolean> {
    this.answer(false);
    this.question = question;
    return new Promise((resolve) => (this.resolve = resolve));
  }
  answer(yes: boolean): void {
    this.question = null;
    this.resolve?.(yes);
    this.resolve = null;
  }
}
export const confirm = new Confirm();
