"""What comes back from people: answers to campaigns, payments told, surveys and quizzes, rumours, questions for editors."""
