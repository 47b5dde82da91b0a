extension WorkflowExample {
    /// Three phases, two of them at the same time.
    static let hello = WorkflowExample(
        name: "hello",
        text: #"""
            # Says hello. Copy this file to begin a workflow of your own.
            title: Hello
            description: Greets somebody, counts stars meanwhile, and puts both together.

            inputs:
              name:
                title: Who is greeted
                default: world

            phases:
              greet:
                title: Greet
                # What somebody chose comes to a script as a variable, never as a part of its text.
                run: |
                  echo "Hello, $HOLDFAST_INPUT_NAME!"
                  echo "::notice::$HOLDFAST_INPUT_NAME was greeted"
                  echo "length=${#HOLDFAST_INPUT_NAME}" >> "$HOLDFAST_OUTPUT"

              count:
                title: Count stars
                run: |
                  for star in 1 2 3 4 5; do
                    echo "Star $star"
                    echo "::progress percent=$((star * 20))::$star of 5 stars"
                    sleep 0.2
                  done
                  echo "stars=5" >> "$HOLDFAST_OUTPUT"

              farewell:
                title: Say goodbye
                needs: [greet, count]
                env:
                  LENGTH: ${{ needs.greet.outputs.length }}
                  STARS: ${{ needs.count.outputs.stars }}
                run: |
                  echo "::group::What there was"
                  echo "A name of $LENGTH letters and $STARS stars"
                  echo "::endgroup::"
                  echo "Goodbye, $HOLDFAST_INPUT_NAME."

            """#)
}
