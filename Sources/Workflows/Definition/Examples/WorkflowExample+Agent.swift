extension WorkflowExample {
    /// An agent that is given the task's requirement; a small script stands in until there is one.
    static let agent = WorkflowExample(
        name: "agent",
        text: #"""
            # Gives the task's requirement to a coding agent.
            #
            # Set the command line of yours here; it finds what is asked in $HOLDFAST_REQUIREMENT, and its
            # working directory is the task's own, empty folder. docs/workflows.md has two that are real.
            #
            # env:
            #   HOLDFAST_AGENT: printf %s "$HOLDFAST_REQUIREMENT" | claude -p --permission-mode acceptEdits
            title: Agent
            description: Runs the agent that is set in HOLDFAST_AGENT, with the requirement of the task.
            max_duration: 30m

            phases:
              agent:
                title: Work on the requirement
                run: |
                  if [ -n "${HOLDFAST_AGENT:-}" ]; then
                    exec sh -c "$HOLDFAST_AGENT"
                  fi

                  echo "::warning::No agent is set: this script only shows what one would do."
                  echo "::notice::To set one, write its command line under env, HOLDFAST_AGENT, in agent.yaml."
                  echo "::group::Plan"
                  echo "Asked: ${HOLDFAST_REQUIREMENT:-nothing}"
                  for step in read change test; do echo "- $step"; done
                  echo "::endgroup::"
                  echo '{"plan": ["read", "change", "test"]}' > "$HOLDFAST_STATE"
                  echo "::usage tokens=120 cost=0.0004::"

                  done=0
                  for step in read change test; do
                    done=$((done + 1))
                    echo "::progress percent=$((done * 33))::$step"
                    echo "Working: $step"
                    sleep 0.2
                  done
                  echo "::usage tokens=480 cost=0.0016::"
                  echo "::progress percent=100::done"

            """#)
}
